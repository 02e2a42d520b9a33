import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { inParallel } from '../parallel.ts';

/** Keys that one BatchGetItem takes. */
const MOST_KEYS = 100;
const AT_ONCE = 8;

type Keys = NonNullable<BatchGetItemCommand['input']['RequestItems']>[string]['Keys'];

const getBatch = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly AttributeMap[],
): Promise<AttributeMap[]> => {
  const items: AttributeMap[] = [];
  let left = [...keys] as unknown as Keys;
  while (left && left.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    items.push(...((Responses?.[table] ?? []) as unknown as AttributeMap[]));
    left = UnprocessedKeys?.[table]?.Keys;
  }
  return items;
};

/**
 * The items that some keys have now, those that are there.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const getItems = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly AttributeMap[],
): Promise<AttributeMap[]> => {
  const batches = Array.from({ length: Math.ceil(keys.length / MOST_KEYS) }, (_, index) =>
    keys.slice(index * MOST_KEYS, (index + 1) * MOST_KEYS),
  );
  return (await inParallel(batches, AT_ONCE, (batch) => getBatch(client, table, batch))).flat();
};
