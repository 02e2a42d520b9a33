import { randomUUID } from 'node:crypto';
import { TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { digest, guardKey } from './guards.ts';
import { getItem, type Pair, type Step } from './life.ts';

const DAY = 24 * 60 * 60;

const receiptPut = (TableName: string, guard: string, record: object): TransactWriteItem => {
  const second = Math.floor(Date.now() / 1000);
  return {
    Put: {
      TableName,
      Item: {
        ...guardKey(guard),
        request: { S: digest(guard) },
        record: { S: JSON.stringify(record) },
        expiresAt: { N: String(second + DAY) },
      },
      ConditionExpression: 'attribute_not_exists(#guard) OR #expiresAt <= :now',
      ExpressionAttributeNames: { '#guard': 'guard', '#expiresAt': 'expiresAt' },
      ExpressionAttributeValues: { ':now': { N: String(second) } },
    },
  };
};

/** What a create by hand writes, and the record it answers. */
export interface Created {
  readonly record: object;
  readonly items: readonly TransactWriteItem[];
}

/** A create under an `Idempotency-Key`, and its repetition. `make` is the create by hand without one. */
export const keyedSteps = (pair: Pair, body: object, make: (id: string) => Promise<Created>): Step[] => {
  const { call, client, plural, tables } = pair;
  const guard = `receipt#${digest(randomUUID())}`;
  const headers = { 'idempotency-key': randomUUID() };
  const create = () => call({ status: 201, method: 'POST', route: plural, body, headers });
  const findReceipt = () => getItem(pair, tables.guards, guardKey(guard));
  return [
    {
      name: `POST ${plural}, keyed`,
      handler: create,
      bare: async () => {
        await findReceipt();
        const { record, items } = await make(randomUUID());
        const TransactItems = [receiptPut(tables.guards, guard, record), ...items];
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
      },
    },
    { name: `POST ${plural}, repeated`, handler: create, bare: findReceipt },
  ];
};
