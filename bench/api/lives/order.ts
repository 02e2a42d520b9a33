import { TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { batchGet, count, digest, guardKey } from './guards.ts';
import { keyedSteps, type Created } from './keyed.ts';
import {
  changed,
  createStep,
  fresh,
  getItem,
  ifFree,
  ifVersion,
  keyOf,
  now,
  pairOf,
  type Life,
  type Pair,
  type Seeds,
} from './life.ts';
import { SUBJECT } from '../request.ts';
import { productBody } from './product.ts';
import { actionStep, deleteStep, listStep, patchStep, readSteps, replaceByHand } from './steps.ts';

const PIECES = 2;
const { price } = productBody();

/** What a client sends to order. */
export const orderBody = ({ customerId, productId }: Seeds) => ({
  customerId,
  lines: [{ productId, quantity: PIECES }],
});

const counterOf = ({ customerId }: Seeds): string => `references#order#customerId#${digest(customerId)}`;
const membershipOf = (id: string): string => `counted#order#customerId#${digest(id)}`;

/** Takes pieces off the shelf, or puts them back: `held` is what else must be as it was read. */
const addStock = ({ seeds, tables }: Pair, pieces: number, held: object = {}): TransactWriteItem => {
  const isHeld = Object.keys(held).length > 0;
  return {
    Update: {
      TableName: tables.product,
      Key: keyOf(seeds.productId),
      UpdateExpression: 'SET #sum0 = #sum0 + :add0, #updatedAt = :now, #changedBy = :by ADD #version :one',
      ConditionExpression: `attribute_exists(#key) AND #sum0 BETWEEN :low0 AND :high0${isHeld ? ' AND #held0 = :held0' : ''}`,
      ExpressionAttributeNames: {
        '#key': 'id',
        '#version': 'version',
        '#updatedAt': 'updatedAt',
        '#changedBy': 'changedBy',
        '#sum0': 'stock',
        ...(isHeld ? { '#held0': 'price' } : {}),
      },
      ExpressionAttributeValues: marshall({
        ':now': now(),
        ':one': 1,
        ':by': SUBJECT,
        ':add0': pieces,
        ':low0': Math.max(0, -pieces),
        ':high0': Number.MAX_SAFE_INTEGER - Math.max(0, pieces),
        ...held,
      }),
    },
  };
};

const placed = (pair: Pair, id: string) => {
  const total = { ...price, amount: price.amount * PIECES };
  const { customerId, lines } = orderBody(pair.seeds);
  return {
    ...fresh(id),
    customerId,
    lines: lines.map((line) => ({ ...line, amount: total })),
    total,
    status: 'placed',
    placedAt: now(),
  };
};

/** Reads what the order is of and for whom, and makes all that is written with it. */
const createByHand = async (pair: Pair, id: string): Promise<Created> => {
  const { seeds, table: TableName, tables } = pair;
  await Promise.all([
    batchGet(pair, tables.product, keyOf(seeds.productId)),
    batchGet(pair, tables.customer, keyOf(seeds.customerId)),
  ]);
  const record = placed(pair, id);
  const customerThere = {
    TableName: tables.customer,
    Key: keyOf(seeds.customerId),
    ConditionExpression: 'attribute_exists(#key)',
    ExpressionAttributeNames: { '#key': 'id' },
  };
  return {
    record,
    items: [
      { Put: { TableName, Item: marshall(record), ...ifFree } },
      { ConditionCheck: customerThere },
      { Put: { TableName: tables.guards, Item: guardKey(membershipOf(id)) } },
      count(tables.guards, counterOf(seeds), 1),
      addStock(pair, -PIECES, { ':held0': price }),
    ],
  };
};

const transact = ({ client }: Pair, items: readonly TransactWriteItem[]) =>
  client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));

const cancelByHand = async (pair: Pair): Promise<void> => {
  const { table: TableName, tables, theirs, seeds } = pair;
  const { Item } = await getItem(pair, TableName, keyOf(theirs));
  await batchGet(pair, tables.product, keyOf(seeds.productId));
  await transact(pair, [
    { Put: { TableName, Item: changed(Item, 2, { status: { S: 'cancelled' } }), ...ifVersion(1) } },
    addStock(pair, PIECES),
  ]);
};

const deleteByHand = async (pair: Pair): Promise<void> => {
  const { table: TableName, tables, theirs, seeds } = pair;
  await getItem(pair, TableName, keyOf(theirs));
  const membership = guardKey(membershipOf(theirs));
  await batchGet(pair, tables.guards, membership);
  const counted = {
    TableName: tables.guards,
    Key: membership,
    ConditionExpression: 'attribute_exists(#guard)',
    ExpressionAttributeNames: { '#guard': 'guard' },
  };
  await transact(pair, [
    { Delete: { TableName, Key: keyOf(theirs), ...ifVersion(5) } },
    { Delete: counted },
    count(tables.guards, counterOf(seeds), -1),
  ]);
};

const move = (pair: Pair, action: string, status: string, version: number) =>
  actionStep(pair, action, () => replaceByHand(pair, version, { status: { S: status } }));

const placeStep = (pair: Pair) =>
  createStep(pair, orderBody(pair.seeds), async () =>
    transact(pair, (await createByHand(pair, pair.theirs)).items),
  );

/** An order is placed, moved along to its end, and deleted. */
export const orderLife: Life = (world) => {
  const pair = pairOf(world, 'order');
  const list = { index: 'byCustomer', field: 'customerId', value: world.seeds.customerId, size: 25 };
  return [
    placeStep(pair),
    ...keyedSteps(pair, orderBody(world.seeds), (id) => createByHand(pair, id)),
    ...readSteps(pair),
    listStep(pair, list),
    patchStep(pair, { note: 'Ring twice' }, { note: { S: 'Ring twice' } }),
    move(pair, 'pay', 'paid', 3),
    move(pair, 'ship', 'shipped', 4),
    move(pair, 'deliver', 'delivered', 5),
    deleteStep(pair, () => deleteByHand(pair)),
  ];
};

/** An order is placed and called off. */
export const cancelledOrderLife: Life = (world) => {
  const pair = pairOf(world, 'order');
  return [placeStep(pair), actionStep(pair, 'cancel', () => cancelByHand(pair))];
};
