import { randomUUID } from 'node:crypto';
import { QueryCommand, TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { batchGet, claim, digest, guardKey, release } from './guards.ts';
import { keyedSteps, type Created } from './keyed.ts';
import {
  createStep,
  fresh,
  getItem,
  ifFree,
  ifVersion,
  keyOf,
  pairOf,
  type Life,
  type Pair,
} from './life.ts';
import { deleteStep, listStep, patchStep, readSteps } from './steps.ts';

/** What a client sends to create a customer: no two have the same address. */
export const customerBody = (email = `${randomUUID()}@mail.example`) => ({
  email,
  name: 'Zoë van der Berg',
  country: 'NL',
});

export const emailGuard = (email: string): string => `unique#customer#email#${digest(email)}`;

/** The record, and the guard of its address. */
const createByHand = (pair: Pair, id: string, body: ReturnType<typeof customerBody>): Created => {
  const record = { ...fresh(id), ...body };
  return {
    record,
    items: [
      { Put: { TableName: pair.table, Item: marshall(record), ...ifFree } },
      claim(pair.tables.guards, emailGuard(body.email), id),
    ],
  };
};

/** What may refer to a customer: nothing, here. */
const findOrders = ({ client, tables, theirs }: Pair) =>
  client.send(
    new QueryCommand({
      TableName: tables.order,
      IndexName: 'byCustomer',
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': 'customerId', '#a0': 'id' },
      ProjectionExpression: '#a0',
      ExpressionAttributeValues: { ':partition': { S: theirs } },
      ScanIndexForward: true,
      Limit: 10,
    }),
  );

const noneCounted = (TableName: string, guard: string): TransactWriteItem => ({
  Delete: {
    TableName,
    Key: guardKey(guard),
    ConditionExpression: 'attribute_not_exists(#count) OR #count = :counted',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':counted': { N: '0' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

const deleteByHand = async (pair: Pair): Promise<void> => {
  const { client, table: TableName, tables, theirs } = pair;
  const { Item } = await getItem(pair, TableName, keyOf(theirs));
  await findOrders(pair);
  const guard = emailGuard(Item?.email?.S ?? '');
  await batchGet(pair, tables.guards, guardKey(guard));
  const TransactItems = [
    { Delete: { TableName, Key: keyOf(theirs), ...ifVersion(2) } },
    release(tables.guards, guard, theirs),
    noneCounted(tables.guards, `references#order#customerId#${digest(theirs)}`),
  ];
  await client.send(new TransactWriteItemsCommand({ TransactItems }));
};

/** A customer has a guard for its address, and can go when no order refers to it. */
export const customerLife: Life = (world) => {
  const pair = pairOf(world, 'customer');
  const list = { index: 'byEmail', field: 'email', value: world.seeds.email, size: 1 };
  const keyed = customerBody();
  return [
    createStep(pair, customerBody(), async () => {
      const { items } = createByHand(pair, pair.theirs, customerBody());
      await pair.client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));
    }),
    ...keyedSteps(pair, keyed, async (id) => createByHand(pair, id, customerBody())),
    ...readSteps(pair),
    listStep(pair, list),
    patchStep(pair, { country: 'DE' }, { country: { S: 'DE' } }),
    deleteStep(pair, () => deleteByHand(pair)),
  ];
};
