import { hash } from 'node:crypto';
import { BatchGetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Item, World } from './life.ts';

/** Keys of guards are digests, and a hand-made one costs as much. */
export const digest = (text: string): string => hash('sha256', text);

export const guardKey = (guard: string): Item => ({ guard: { S: guard } });

/** BatchGetItem of one item, as the handler reads what may be several. */
export const batchGet = ({ client }: Pick<World, 'client'>, table: string, key: Item) =>
  client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key], ConsistentRead: true } } }));

const holderOf = (id: string) => ({ S: JSON.stringify([id]) });

/** Takes a guard that nobody else holds. */
export const claim = (TableName: string, guard: string, id: string): TransactWriteItem => ({
  Put: {
    TableName,
    Item: { ...guardKey(guard), holder: holderOf(id) },
    ConditionExpression: 'attribute_not_exists(#guard) OR #holder = :holder OR #expiresAt <= :now',
    ExpressionAttributeNames: { '#guard': 'guard', '#holder': 'holder', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: {
      ':holder': holderOf(id),
      ':now': { N: String(Math.floor(Date.now() / 1000)) },
    },
  },
});

export const release = (TableName: string, guard: string, id: string): TransactWriteItem => ({
  Delete: {
    TableName,
    Key: guardKey(guard),
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#holder': 'holder' },
    ExpressionAttributeValues: { ':holder': holderOf(id) },
  },
});

/** Counts one more, or one less, that refers to a record. */
export const count = (TableName: string, guard: string, by: 1 | -1): TransactWriteItem => ({
  Update: {
    TableName,
    Key: guardKey(guard),
    UpdateExpression: 'ADD #count :by',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':by': { N: String(by) } },
  },
});
