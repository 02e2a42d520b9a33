import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedSchema } from '../../../core/privacy/erasure.ts';
import { tokenOpening } from '../../../core/privacy/token.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';
import { product } from '../../../schemas/product.ts';
import { crashingStore } from '../api/crashing-store.ts';
import { startHarness, type Harness } from '../api/harness.ts';
import { eraseWorld } from './world.ts';

const schemas = [customer, order, product];
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(schemas);
  const price = { amount: 999, currency: 'USD' };
  productId = await create('/products', { name: 'Blue', category: 'music', price, stock: 1000 });
});
afterAll(() => harness.close());

const create = async (path: string, json: object): Promise<string> => {
  const { status, body } = await harness.send({ method: 'POST', path, json });
  expect(status).toBe(201);
  return body.id as string;
};

let productId: string;
let people = 0;

/** Somebody with two orders, one of which has a note. */
const person = async () => {
  const email = `person-${(people += 1)}@example.com`;
  const customerId = await create('/customers', { email, name: 'Ada' });
  const lines = [{ productId, quantity: 1 }];
  const noted = await create('/orders', { customerId, lines, note: 'ring twice' });
  await create('/orders', { customerId, lines });
  return { customerId, email, noted };
};

const guardsOf = async (): Promise<string[]> => {
  const { Items = [] } = await harness.client.send(
    new ScanCommand({ TableName: harness.names.guards, ConsistentRead: true }),
  );
  return Items.filter(({ count }) => count?.N !== '0').map(({ guard }) => guard?.S ?? '');
};

const stored = async (entity: typeof customer | typeof order, id: string) =>
  (
    await harness.client.send(
      new GetItemCommand({
        TableName: harness.names.table(entity as never),
        Key: { id: { S: id } },
        ConsistentRead: true,
      }),
    )
  ).Item;

describe('erasing a person', () => {
  test('deletes who they are, takes out of orders what is personal, and frees every guard', async () => {
    const before = await guardsOf();
    const { customerId, email, noted } = await person();
    const world = eraseWorld(harness, schemas);

    const { status, signed } = await world.run(customerId);

    expect(status).toBe('erased');
    expect(signedSchema.parse(signed).report).toMatchObject({
      subject: customerId,
      records: [
        { entity: 'customer', deleted: 1, anonymised: 0 },
        { entity: 'order', deleted: 0, anonymised: 1 },
      ],
      unseen: 0,
    });
    expect(await stored(customer, customerId)).toBeUndefined();
    const item = await stored(order, noted);
    expect([item?.note, item?.customerId, item?.version]).toEqual([undefined, { S: customerId }, { N: '2' }]);
    expect(item?.total?.M?.amount).toEqual({ N: '999' });
    expect(await guardsOf()).toEqual(before);
    expect(await create('/customers', { email, name: 'Another' })).not.toBe(customerId);
    expect((await harness.send({ method: 'POST', path: `/orders/${noted}/cancel` })).status).toBe(200);
    expect((await harness.send({ method: 'DELETE', path: `/orders/${noted}` })).status).toBe(204);
  });

  test('again gives the same report, and does nothing', async () => {
    const { customerId, noted } = await person();
    const world = eraseWorld(harness, schemas);

    const { signed } = await world.run(customerId);
    const again = await world.run(customerId);

    expect(again.signed).toEqual(signed);
    expect((await stored(order, noted))?.version).toEqual({ N: '2' });
    expect(await world.step(world.ports, { step: 'lake', subject: customerId })).toEqual({
      statements: [],
      expire: [],
    });
  });

  test('who came back meanwhile is erased again', async () => {
    const { customerId } = await person();
    const world = eraseWorld(harness, schemas);
    await world.run(customerId);
    const claims = { sub: customerId, 'cognito:groups': '[customer]' };
    const { status } = await harness.send({
      method: 'POST',
      path: '/customers',
      json: { email: `back-${customerId}@example.com`, name: 'Ada' },
      claims,
    });
    expect(status).toBe(201);

    const { signed } = await world.run(customerId);

    expect(await stored(customer, customerId)).toBeUndefined();
    expect(signedSchema.parse(signed).report.keyDestroyedAt).toBe(world.destroyed.get(customerId));
  });

  test('of whom nothing is known does nothing', async () => {
    const world = eraseWorld(harness, schemas);

    expect(await world.run('nobody')).toEqual({ status: 'unknown' });
    expect([world.destroyed.size, world.kept.size]).toEqual([0, 0]);
  });

  test('removes from quarantine what is sealed under their key, or was theirs and nobody could tell', async () => {
    const { customerId, noted } = await person();
    const world = eraseWorld(harness, schemas);
    const object = (key: object, sealed: string) => JSON.stringify({ entity: 'order', key, sealed });
    world.objects.set('theirs', object({ id: 'x' }, `${tokenOpening(customerId)}abc`));
    world.objects.set('of nobody', object({ id: noted }, `${tokenOpening('#quarantine')}abc`));
    world.objects.set('of another', object({ id: 'y' }, `${tokenOpening('c2')}abc`));
    world.objects.set('unreadable', 'no JSON');

    const { signed } = await world.run(customerId);

    expect([...world.objects.keys()]).toEqual(['of another', 'unreadable']);
    expect(signedSchema.parse(signed).report.quarantined).toEqual({ removed: 2 });
  });

  test('that dies at any call to the tables is completed by the next, with the same in the report', async () => {
    const counting = crashingStore(dynamoStore(harness.client), Infinity, 'before');
    const world = eraseWorld(harness, schemas);
    await world.run((await person()).customerId, world.over(counting.store));
    const calls = counting.calls();
    const outcomes = new Set<string>();

    for (let at = 1; at <= calls; at += 1) {
      const { customerId, noted } = await person();
      const dying = crashingStore(dynamoStore(harness.client), at, at % 2 === 0 ? 'before' : 'after');
      await expect(world.run(customerId, world.over(dying.store))).rejects.toThrow('The process is gone');
      const { signed } = await world.run(customerId);
      const { records, unseen } = signedSchema.parse(signed).report;
      outcomes.add(JSON.stringify([records, unseen]));
      expect(await stored(customer, customerId)).toBeUndefined();
      expect((await stored(order, noted))?.note).toBeUndefined();
    }

    expect(calls).toBeGreaterThan(10);
    expect([...outcomes]).toEqual([
      JSON.stringify([
        [
          { entity: 'customer', deleted: 1, anonymised: 0 },
          { entity: 'order', deleted: 0, anonymised: 1 },
        ],
        0,
      ]),
    ]);
  });
});
