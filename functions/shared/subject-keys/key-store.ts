import { randomBytes } from 'node:crypto';
import {
  BatchGetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type AttributeValue,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';
import { SECRET_BYTES } from '../../../core/privacy/subject-key.ts';
import { inParallel } from '../parallel.ts';

/** What the table of keys has of a subject: its secret, or that it was erased and has none any more. */
export type StoredKey = { readonly secret: Uint8Array } | { readonly erasedAt: string };

/** The table of keys. Found are only subjects that it has. */
export interface KeyStore {
  readonly read: (subjects: readonly string[]) => Promise<ReadonlyMap<string, StoredKey>>;
  /** Gives each subject a secret unless it has one, or had one: of several who do so at once one wins. */
  readonly create: (subjects: readonly string[]) => Promise<ReadonlyMap<string, StoredKey>>;
}

type Item = Readonly<Record<string, AttributeValue>>;

/** Limits of BatchGetItem and of TransactWriteItems. */
const MOST_ITEMS = 100;
const MOST_CALLS = 4;
const MOST_TRIES = 8;
const FIRST_PAUSE_MS = 25;

const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * FIRST_PAUSE_MS * 2 ** tries));

const chunksOf = (subjects: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(subjects.length / MOST_ITEMS) }, (_, index) =>
    subjects.slice(index * MOST_ITEMS, (index + 1) * MOST_ITEMS),
  );

/** Throws Error for an item that is neither: to make a new key for it could bring an erased one back. */
const toStored = ({ subject, secret, erasedAt }: Item): readonly [string, StoredKey] => {
  const name = subject?.S ?? '';
  if (erasedAt?.S !== undefined) return [name, { erasedAt: erasedAt.S }];
  if (secret?.B?.length === SECRET_BYTES) return [name, { secret: secret.B }];
  throw new Error('An item of the table of subject keys has neither a secret nor the time it was erased.');
};

const readChunk = async (
  client: DynamoDBClient,
  table: string,
  subjects: readonly string[],
): Promise<(readonly [string, StoredKey])[]> => {
  const found: (readonly [string, StoredKey])[] = [];
  let asked: KeysAndAttributes | undefined = {
    Keys: subjects.map((subject) => ({ subject: { S: subject } })),
    ConsistentRead: true,
  };
  for (let tries = 0; asked?.Keys?.length; tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`${table} did not give all keys that were asked for.`);
    if (tries > 0) await pause(tries);
    const answer: {
      Responses?: Record<string, Item[]>;
      UnprocessedKeys?: Record<string, KeysAndAttributes>;
    } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: asked } }));
    found.push(...(answer.Responses?.[table] ?? []).map(toStored));
    asked = answer.UnprocessedKeys?.[table];
  }
  return found;
};

const put = (table: string, subject: string, secret: Uint8Array, now: Date) => ({
  Put: {
    TableName: table,
    Item: { subject: { S: subject }, secret: { B: secret }, createdAt: { S: now.toISOString() } },
    ConditionExpression: 'attribute_not_exists(subject)',
  },
});

/** Others were faster, or are at it: what is there now decides. */
const isRace = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).every(({ Code = 'None' }) =>
    ['None', 'ConditionalCheckFailed', 'TransactionConflict'].includes(Code),
  );

const tryCreate = async (
  client: DynamoDBClient,
  table: string,
  subjects: readonly string[],
): Promise<(readonly [string, StoredKey])[] | undefined> => {
  const made = subjects.map((subject) => [subject, { secret: randomBytes(SECRET_BYTES) }] as const);
  const now = new Date();
  try {
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: made.map(([subject, { secret }]) => put(table, subject, secret, now)),
      }),
    );
    return made;
  } catch (error) {
    if (isRace(error)) return undefined;
    throw error;
  }
};

const createChunk = async (
  client: DynamoDBClient,
  table: string,
  subjects: readonly string[],
): Promise<(readonly [string, StoredKey])[]> => {
  const found = new Map<string, StoredKey>();
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const missing = subjects.filter((subject) => !found.has(subject));
    const made = missing.length === 0 ? [] : await tryCreate(client, table, missing);
    if (made) return [...found, ...made];
    for (const [subject, key] of await readChunk(client, table, missing)) found.set(subject, key);
    await pause(tries);
  }
  throw new Error(`${table} was busy: ${MOST_TRIES} tries to make keys met others.`);
};

/**
 * The table of keys over the SDK. Reads are consistent: a key that was destroyed is not read any more.
 *
 * @example
 * const store = dynamoKeyStore(new DynamoDBClient(), namesOf('dev').subjectKeys);
 */
export const dynamoKeyStore = (client: DynamoDBClient, table: string): KeyStore => {
  const inChunks = async (
    subjects: readonly string[],
    work: typeof readChunk,
  ): Promise<Map<string, StoredKey>> => {
    const found = await inParallel(chunksOf(subjects), MOST_CALLS, (chunk) => work(client, table, chunk));
    return new Map(found.flat());
  };
  return {
    read: (subjects) => inChunks(subjects, readChunk),
    create: (subjects) => inChunks(subjects, createChunk),
  };
};
