import { hash } from 'node:crypto';
import type { Put } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { IDEMPOTENCY_KEY, REPLAYED } from '../../core/http/idempotency.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import { invalid, ProblemError } from '../../core/http/problem.ts';
import type { Answer, Call } from './call.ts';
import type { Write } from './commit.ts';
import type { Service } from './service.ts';

/** What makes a request safe to repeat. Without a key: no id, no writes. */
export interface Once {
  /** The id of the record to create: the same for the same caller and key. */
  readonly id?: string;
  /** What has to be written together with the record. */
  readonly writes: (record: PlainRecord) => readonly Write[];
}

/** A request that may be repeated: what it does, and how a record is answered. */
export interface Repeatable {
  /** What the client sent, in its one stored form. */
  readonly payload: PlainRecord;
  readonly work: (once: Once) => Promise<PlainRecord>;
  readonly answer: (record: PlainRecord) => Answer;
}

interface Receipt {
  readonly request: string;
  readonly record: string;
  readonly expiresAt: number;
}

const RETENTION_SECONDS = 24 * 60 * 60;
const NO_KEY: Once = { writes: () => [] };

const isObject = (value: unknown): value is PlainRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sorted = (_name: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

const digest = (...parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts, sorted));

/** A digest in the form of a UUID of version 8 (RFC 9562: made in a way of our own). */
const toUuid = (hex: string): string => {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) % 4) + 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

const keyOf = ({ event }: Call): string | undefined => {
  const key = event.headers[IDEMPOTENCY_KEY.toLowerCase()];
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw invalid([
    { parameter: IDEMPOTENCY_KEY, message: '1 to 255 visible ASCII characters, such as a UUID' },
  ]);
};

const callerOf = ({ claims }: Call): unknown => claims.sub ?? claims.client_id ?? null;

const epoch = ({ now }: Service): number => Math.floor(now().getTime() / 1000);

/** DynamoDB sweeps what has expired when it comes to it; until then it counts as gone. */
const findReceipt = async (service: Service, guard: string): Promise<Receipt | undefined> => {
  const item = await service.store.get({
    TableName: service.guards,
    Key: { guard: { S: guard } },
    ConsistentRead: true,
  });
  const receipt = item && (unmarshall(item) as Receipt);
  return receipt && receipt.expiresAt > epoch(service) ? receipt : undefined;
};

const receiptPut = (service: Service, guard: string, receipt: Omit<Receipt, 'expiresAt'>): Put => ({
  TableName: service.guards,
  Item: marshall({ guard, ...receipt, expiresAt: epoch(service) + RETENTION_SECONDS }),
  ConditionExpression: 'attribute_not_exists(#guard) OR #expiresAt <= :now',
  ExpressionAttributeNames: { '#guard': 'guard', '#expiresAt': 'expiresAt' },
  ExpressionAttributeValues: { ':now': { N: String(epoch(service)) } },
});

const keyTaken = (): ProblemError =>
  new ProblemError('conflict', `A request with this ${IDEMPOTENCY_KEY} is under way. Send it again.`);

const replay = (receipt: Receipt, request: string, { answer }: Repeatable): Answer => {
  if (receipt.request !== request)
    throw new ProblemError(
      'idempotency-mismatch',
      `This ${IDEMPOTENCY_KEY} came with another request before. Use a new key for a new request, ` +
        'and the same key only to repeat the same one.',
    );
  const { headers, ...rest } = answer(JSON.parse(receipt.record) as PlainRecord);
  return { ...rest, headers: { ...headers, [REPLAYED.toLowerCase()]: 'true' } };
};

/** Whatever went wrong, the work may have been done: by this request, or by the same one at the same time. */
const afterFailure = async (service: Service, guard: string, failure: unknown): Promise<Receipt> => {
  const receipt = await findReceipt(service, guard).catch(() => undefined);
  if (receipt) return receipt;
  throw failure;
};

/**
 * Does the work of a request once for each caller and `Idempotency-Key`, and answers every repetition as the first
 * time. The receipt is written in the transaction of the work: there is never one without the other.
 * Throws ProblemError `idempotency-mismatch` for another request under the same key.
 */
export const onceOnly = async (service: Service, call: Call, repeatable: Repeatable): Promise<Answer> => {
  const key = keyOf(call);
  if (key === undefined) return repeatable.answer(await repeatable.work(NO_KEY));
  const { entity, operationId } = call.route;
  const hex = digest(entity.name, callerOf(call), key);
  const guard = `receipt#${hex}`;
  const request = digest(operationId, call.path, repeatable.payload);
  const earlier = await findReceipt(service, guard);
  if (earlier) return replay(earlier, request, repeatable);
  const put = (record: PlainRecord): Write => ({
    item: { Put: receiptPut(service, guard, { request, record: JSON.stringify(record) }) },
    refusal: keyTaken,
  });
  try {
    const record = await repeatable.work({ id: toUuid(hex), writes: (made) => [put(made)] });
    return repeatable.answer(record);
  } catch (failure) {
    return replay(await afterFailure(service, guard, failure), request, repeatable);
  }
};
