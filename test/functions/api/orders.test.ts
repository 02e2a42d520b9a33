import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WriteConflict } from '../../../functions/api/store-errors.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { schemas } from '../../../schemas/index.ts';
import { product } from '../../../schemas/product.ts';
import { call, startHarness, type Harness } from './harness.ts';
import { storeOf } from './store-of-goods.ts';

let harness: Harness;
let shop: ReturnType<typeof storeOf>;
let customer = '';

beforeAll(async () => {
  harness = await startHarness(schemas);
  shop = storeOf(harness);
  customer = await shop.customer();
});
afterAll(() => harness.close());

const itemOf = async (id: string) =>
  (
    await harness.client.send(
      new GetItemCommand({ TableName: harness.names.table(product), Key: { id: { S: id } } }),
    )
  ).Item;

describe('placing an order', () => {
  it('takes the pieces of every line off the shelves, two lines of one product together', async () => {
    const [lamp, chair] = [await shop.product(10), await shop.product(3)];

    expect(
      await shop.order(customer, [
        [lamp, 2],
        [chair, 3],
        [lamp, 5],
      ]),
    ).toMatchObject({ status: 201, body: { status: 'placed' } });
    expect([await shop.stock(lamp), await shop.stock(chair)]).toEqual([3, 0]);
  });

  it('is a change of the product: its version counts', async () => {
    const lamp = await shop.product(10);
    const before = await itemOf(lamp);
    const { body } = await shop.order(customer, [[lamp, 2]]);

    expect(await itemOf(lamp)).toEqual({
      ...before,
      stock: { N: '8' },
      version: { N: '2' },
      updatedAt: { S: body.createdAt },
    });
  });

  it('fails whole, and names every line short of stock', async () => {
    const [lamp, chair, table] = [await shop.product(10), await shop.product(3), await shop.product(0)];
    const orders = await harness.count('order');
    const { status, headers, body } = await shop.order(customer, [
      [lamp, 1],
      [chair, 4],
      [table, 1],
    ]);

    expect(status).toBe(409);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:tailrace:problem:out-of-stock',
      errors: [
        { pointer: '/lines/1', message: 'Wanted 4, available 3' },
        { pointer: '/lines/2', message: 'Wanted 1, available 0' },
      ],
    });
    expect([await shop.stock(lamp), await shop.stock(chair)]).toEqual([10, 3]);
    expect(await harness.count('order')).toBe(orders);
  });

  it('costs what the product costs when it is written, not when it was read', async () => {
    const lamp = await shop.product(10, 100);
    const store = dynamoStore(harness.client);
    let raised = false;
    const api = harness.api({
      store: {
        ...store,
        transact: async (input) => {
          if (!raised) {
            raised = true;
            await harness.send({
              method: 'PATCH',
              path: `/products/${lamp}`,
              json: { price: { amount: 300 } },
            });
          }
          return store.transact(input);
        },
      },
    });
    const { status, body } = await call(api, {
      method: 'POST',
      path: '/orders',
      json: { customerId: customer, lines: [{ productId: lamp, quantity: 2 }] },
    });

    expect({ status, total: body.total.amount, left: await shop.stock(lamp) }).toEqual({
      status: 201,
      total: 600,
      left: 8,
    });
  });

  /** As on AWS, where a transaction that meets another on one item is refused at once. */
  const meeting = (store: Store): Store => {
    let isBusy = false;
    const transact: Store['transact'] = async (input) => {
      if (isBusy) throw new WriteConflict('met another');
      isBusy = true;
      try {
        await store.transact(input);
      } finally {
        isBusy = false;
      }
    };
    return { ...store, transact };
  };

  it.each([
    ['that wait for each other', (store: Store) => store],
    ['that get in each other’s way', meeting],
  ])(
    'gives the last ten pieces to exactly ten of fifty who want one at once, by transactions %s',
    async (_how, over) => {
      const lamp = await shop.product(10);
      const before = await harness.count('order');
      const api = harness.api({ store: over(dynamoStore(harness.client)) });
      const json = { customerId: customer, lines: [{ productId: lamp, quantity: 1 }] };
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => call(api, { method: 'POST', path: '/orders', json })),
      );
      const outOfStock = {
        type: 'urn:tailrace:problem:out-of-stock',
        errors: [{ pointer: '/lines/0', message: 'Wanted 1, available 0' }],
      };
      const [placed, refused] = [201, 409].map((wanted) => answers.filter(({ status }) => status === wanted));

      expect(placed).toHaveLength(10);
      expect(refused?.map(({ body: { type, errors } }) => ({ type, errors }))).toEqual(
        Array.from({ length: 40 }, () => outOfStock),
      );
      expect(await shop.stock(lamp)).toBe(0);
      expect(await harness.count('order')).toBe(before + 10);
      expect((await itemOf(lamp))?.version).toEqual({ N: '11' });
    },
  );
});

describe('an action', () => {
  const placed = async (quantity = 2) => {
    const lamp = await shop.product(10);
    return { lamp, id: (await shop.order(customer, [[lamp, quantity]])).body.id as string };
  };

  it('moves the order on, one version each', async () => {
    const { id } = await placed();

    for (const [index, [action, status]] of [
      ['pay', 'paid'],
      ['ship', 'shipped'],
      ['deliver', 'delivered'],
    ].entries())
      expect(await shop.move(id, action as string)).toMatchObject({
        status: 200,
        headers: { etag: `"${index + 2}"` },
        body: { status, version: index + 2 },
      });
    expect((await harness.send({ path: `/orders/${id}` })).body).toMatchObject({ status: 'delivered' });
  });

  it.each([[[]], [['pay']]])('cancels after %j and puts the pieces back', async (moves) => {
    const { id, lamp } = await placed(4);
    for (const move of moves) await shop.move(id, move);

    expect(await shop.move(id, 'cancel')).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await shop.stock(lamp)).toBe(10);
  });

  it('that the state does not allow is refused with the state and what it allows', async () => {
    const { id, lamp } = await placed();
    const refused = async (action: string) => {
      const { status, body } = await shop.move(id, action);
      return { status, type: body.type, detail: body.detail };
    };
    const type = 'urn:tailrace:problem:illegal-move';

    expect(await refused('ship')).toEqual({
      status: 409,
      type,
      detail: 'The order is placed, so it cannot ship. From placed it can pay or cancel.',
    });
    for (const action of ['pay', 'ship']) await shop.move(id, action);
    expect(await refused('cancel')).toEqual({
      status: 409,
      type,
      detail: 'The order is shipped, so it cannot cancel. From shipped it can deliver.',
    });
    await shop.move(id, 'deliver');
    expect(await refused('deliver')).toEqual({
      status: 409,
      type,
      detail: 'The order is delivered, so it cannot deliver. No action leads on from delivered.',
    });
    expect(await shop.stock(lamp)).toBe(8);
  });

  it('of two at once is done once', async () => {
    const { id, lamp } = await placed(4);
    const answers = await Promise.all(Array.from({ length: 6 }, () => shop.move(id, 'cancel')));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 409, 409, 409, 409, 409,
    ]);
    expect(await shop.stock(lamp)).toBe(10);
  });

  it('minds If-Match, finds no order that is not there and takes no fields', async () => {
    const { id } = await placed();

    expect(await shop.move(id, 'pay', { 'if-match': '"2"' })).toMatchObject({ status: 412 });
    expect(await shop.move(id, 'pay', { 'if-match': '"1"' })).toMatchObject({ status: 200 });
    expect(await shop.move('nothing', 'pay')).toMatchObject({ status: 404 });
    expect(await shop.post(`/orders/${id}/ship`, { status: 'delivered' })).toMatchObject({ status: 400 });
    expect(await shop.post(`/orders/${id}/ship`, {})).toMatchObject({ status: 200 });
    expect(await shop.move(id, 'burn')).toMatchObject({ status: 404 });
  });

  it('cancels an order of a product that is no longer sold', async () => {
    const { id, lamp } = await placed();
    await harness.send({ method: 'DELETE', path: `/products/${lamp}` });

    expect(await shop.move(id, 'cancel')).toMatchObject({ status: 200 });
    expect(await itemOf(lamp)).toBeUndefined();
  });
});

describe('deleting an order', () => {
  it.each([
    ['before it has shipped puts the pieces back', ['pay'], 10],
    ['after it has shipped does not', ['pay', 'ship'], 8],
    ['after it was cancelled does not again', ['cancel'], 10],
  ])('%s', async (_what, moves, left) => {
    const lamp = await shop.product(10);
    const { body } = await shop.order(customer, [[lamp, 2]]);
    for (const move of moves) await shop.move(body.id, move);

    expect(await harness.send({ method: 'DELETE', path: `/orders/${body.id}` })).toMatchObject({
      status: 204,
    });
    expect(await shop.stock(lamp)).toBe(left);
  });
});
