import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  type AttributeValue,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Entity } from '../../core/schema/entity.ts';
import type { Candidate, Reject } from './candidate.ts';
import { recordsPerTransaction, writeGuarded, type GuardedTarget } from './guarded.ts';

/** BatchGetItem takes 100 keys, BatchWriteItem 25 items. Source: the API reference of both. */
export const GET_LIMIT = 100;
const WRITE_LIMIT = 25;
const LONGEST_PAUSE_MS = 5000;

/** What became of a batch. */
export interface Outcome {
  readonly written: number;
  /** Records that were there already, with the same content. */
  readonly unchanged: number;
  /** Records that were there already, with other content: left as they are. */
  readonly kept: number;
  readonly rejects: readonly Reject[];
}

type Target = GuardedTarget;

const MARSHALL = { removeUndefinedValues: true } as const;

const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.random() * Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS)),
  );

const keyOf = (entity: Entity, item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
  marshall(Object.fromEntries(entity.key.map((name) => [name, item[name]])));

const readExisting = async (
  { client, entity, table }: Target,
  batch: readonly Candidate[],
): Promise<Map<string, Record<string, unknown>>> => {
  const found = new Map<string, Record<string, unknown>>();
  let keys = batch.map(({ item }) => keyOf(entity, item));
  for (let attempt = 0; keys.length > 0; attempt += 1) {
    if (attempt > 0) await pause(attempt);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const image of Responses?.[table] ?? []) {
      const item = unmarshall(image);
      found.set(JSON.stringify(entity.key.map((name) => item[name] as unknown)), item);
    }
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
};

const writeBatch = async ({ client, table }: Target, batch: readonly Candidate[]): Promise<void> => {
  let requests: WriteRequest[] = batch.map(({ item }) => ({
    PutRequest: { Item: marshall(item, MARSHALL) },
  }));
  for (let attempt = 0; requests.length > 0; attempt += 1) {
    if (attempt > 0) await pause(attempt);
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    requests = UnprocessedItems?.[table] ?? [];
  }
};

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ValidationException';

const writeSingly = async ({ client, table }: Target, batch: readonly Candidate[]): Promise<Reject[]> => {
  const rejects: Reject[] = [];
  for (const { item, line } of batch) {
    try {
      await client.send(new PutItemCommand({ TableName: table, Item: marshall(item, MARSHALL) }));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      rejects.push({ line, reasons: [error.message] });
    }
  }
  return rejects;
};

/** DynamoDB refuses a whole batch for one bad item; then each is tried by itself. */
const writeChunk = async (target: Target, chunk: readonly Candidate[]): Promise<Reject[]> => {
  try {
    await writeBatch(target, chunk);
    return [];
  } catch (error) {
    if (isRefusal(error)) return writeSingly(target, chunk);
    throw error;
  }
};

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, position) =>
    list.slice(position * size, (position + 1) * size),
  );

const sameContent = (
  given: Readonly<Record<string, unknown>>,
  existing: Readonly<Record<string, unknown>>,
): boolean =>
  Object.entries(given).every(
    ([name, value]) => value === undefined || isDeepStrictEqual(existing[name], value),
  );

/** Writes those records of a batch that are not in the table yet; what is there stays as it is. */
export const writeMissing = async (target: Target, batch: readonly Candidate[]): Promise<Outcome> => {
  const existing = await readExisting(target, batch);
  const missing = batch.filter(({ key }) => !existing.has(key));
  const there = batch.filter(({ key }) => existing.has(key));
  const unchanged = there.filter(({ key, given }) => sameContent(given, existing.get(key) ?? {})).length;
  const isGuarded = target.entity.unique.length > 0;
  const [write, size] = isGuarded
    ? [writeGuarded, recordsPerTransaction(target.entity)]
    : [writeChunk, WRITE_LIMIT];
  const rejects = (await Promise.all(chunks(missing, size).map((chunk) => write(target, chunk)))).flat();
  return { written: missing.length - rejects.length, unchanged, kept: there.length - unchanged, rejects };
};
