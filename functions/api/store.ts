import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  type BatchGetItemCommandInput,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  type GetItemCommandInput,
  type KeysAndAttributes,
  type PutItemCommandInput,
  type QueryCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { sameJson } from '../../core/http/patch.ts';
import {
  ConditionFailed,
  ofCancelled,
  tooLarge,
  unavailable,
  WriteConflict,
  type StoredItem,
} from './store-errors.ts';

export { ConditionFailed, unavailable, type StoredItem } from './store-errors.ts';

/**
 * Everything the API does with DynamoDB. Throws ConditionFailed, TransactionRefused or
 * WriteConflict, or ProblemError when it is the service's turn to wait.
 */
export interface Store {
  readonly get: (input: GetItemCommandInput) => Promise<StoredItem | undefined>;
  readonly put: (input: PutItemCommandInput) => Promise<void>;
  readonly delete: (input: DeleteItemCommandInput) => Promise<void>;
  readonly query: (
    input: QueryCommandInput,
  ) => Promise<{ items: StoredItem[]; last: StoredItem | undefined }>;
  readonly transact: (input: TransactWriteItemsCommandInput) => Promise<void>;
  readonly batchGet: (
    input: BatchGetItemCommandInput,
  ) => Promise<{ items: StoredItem[]; unread: Record<string, KeysAndAttributes> }>;
}

const BUSY = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'TransactionInProgressException',
  'AbortError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
]);

const isBusy = (error: { name?: string; code?: string; $metadata?: { httpStatusCode?: number } }): boolean =>
  BUSY.has(error.name ?? '') || BUSY.has(error.code ?? '') || (error.$metadata?.httpStatusCode ?? 0) >= 500;

const translate = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  if (error instanceof ConditionalCheckFailedException) return new ConditionFailed(error.Item);
  if (error instanceof TransactionCanceledException) return ofCancelled(error);
  if (error instanceof TransactionConflictException) return new WriteConflict(error);
  if (error.name === 'ValidationException' && /item size/i.test(error.message)) return tooLarge(error);
  return isBusy(error) ? unavailable(error) : error;
};

/** The work, its failures told as the API tells them. */
export const guarded = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
};

/** A write whose answer was lost is sent again by the SDK, and then fails its own condition. */
const isOwnWrite = (error: unknown, item: StoredItem | undefined): boolean =>
  error instanceof ConditionalCheckFailedException &&
  (error.$metadata.attempts ?? 1) > 1 &&
  sameJson(error.Item, item);

const put = async (client: DynamoDBClient, input: PutItemCommandInput): Promise<void> => {
  try {
    await client.send(new PutItemCommand(input));
  } catch (error) {
    if (!isOwnWrite(error, input.Item)) throw translate(error);
  }
};

/**
 * The port over a DynamoDB client: the one place that sends.
 *
 * @example
 * const store = dynamoStore(new DynamoDBClient({ maxAttempts: 3 }));
 */
export const dynamoStore = (client: DynamoDBClient): Store => ({
  get: async (input) => (await guarded(client.send(new GetItemCommand(input)))).Item,
  put: (input) => put(client, input),
  delete: async (input) => {
    await guarded(client.send(new DeleteItemCommand(input)));
  },
  query: async (input) => {
    const { Items, LastEvaluatedKey } = await guarded(client.send(new QueryCommand(input)));
    return { items: Items ?? [], last: LastEvaluatedKey };
  },
  transact: async (input) => {
    await guarded(client.send(new TransactWriteItemsCommand(input)));
  },
  batchGet: async (input) => {
    const { Responses, UnprocessedKeys } = await guarded(client.send(new BatchGetItemCommand(input)));
    return { items: Object.values(Responses ?? {}).flat(), unread: UnprocessedKeys ?? {} };
  },
});
