import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { CursorKey } from './seal.ts';
import { guarded } from './store.ts';

const KEY_BYTES = 32;
const Key = { id: { S: 'cursor' } };

const secretOf = (item: Record<string, AttributeValue> | undefined): Uint8Array | undefined =>
  item?.secret?.B;

/** Writes a new secret, unless another function was first: then that one's. */
const make = async (client: DynamoDBClient, table: string): Promise<Uint8Array> => {
  const secret = randomBytes(KEY_BYTES);
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { ...Key, secret: { B: secret } },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return secret;
  } catch (error) {
    const first = error instanceof ConditionalCheckFailedException ? secretOf(error.Item) : undefined;
    if (first) return first;
    throw error;
  }
};

const load = async (client: DynamoDBClient, table: string): Promise<Uint8Array> => {
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return secretOf(Item) ?? (await make(client, table));
};

/**
 * The secret of a deployment's cursors: made by the first function that needs it, read once by every other.
 *
 * @example
 * const cursorKey = storedCursorKey(client, namesOf('dev').keys);
 */
export const storedCursorKey = (client: DynamoDBClient, table: string): CursorKey => {
  let known: Promise<Uint8Array> | undefined;
  return async () => {
    known ??= guarded(load(client, table));
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
};
