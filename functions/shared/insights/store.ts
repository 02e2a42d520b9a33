import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type BatchWriteItemCommandInput,
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

export type StoredItem = Record<string, AttributeValue>;

/** Everything the publisher does with DynamoDB. Throws what the SDK throws. */
export interface InsightStore {
  readonly get: (input: GetItemCommandInput) => Promise<StoredItem | undefined>;
  readonly put: (input: PutItemCommandInput) => Promise<void>;
  /** Answers the attributes the input asks for. */
  readonly update: (input: UpdateItemCommandInput) => Promise<StoredItem>;
  readonly query: (
    input: QueryCommandInput,
  ) => Promise<{ items: StoredItem[]; last: StoredItem | undefined }>;
  /** Answers what was not written. */
  readonly batchWrite: (
    input: BatchWriteItemCommandInput,
  ) => Promise<NonNullable<BatchWriteItemCommandInput['RequestItems']>>;
}

/**
 * The port over a DynamoDB client: the one place that sends.
 *
 * @example
 * const store = insightStore(new DynamoDBClient());
 */
export const insightStore = (client: DynamoDBClient): InsightStore => ({
  get: async (input) => (await client.send(new GetItemCommand(input))).Item,
  put: async (input) => {
    await client.send(new PutItemCommand(input));
  },
  update: async (input) => (await client.send(new UpdateItemCommand(input))).Attributes ?? {},
  query: async (input) => {
    const { Items, LastEvaluatedKey } = await client.send(new QueryCommand(input));
    return { items: Items ?? [], last: LastEvaluatedKey };
  },
  batchWrite: async (input) => (await client.send(new BatchWriteItemCommand(input))).UnprocessedItems ?? {},
});
