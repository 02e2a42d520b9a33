import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishInsight } from '../../../functions/shared/insights/publish.ts';
import { schemas } from '../../../schemas/index.ts';
import { insightOf, martOf, portsOf } from '../insights.ts';
import { call, startHarness, type Harness, type Sent } from './harness.ts';

let harness: Harness;

/** What DynamoDB consumed for a request: units for items of at most 1 KB. */
const units = async (sent: Sent): Promise<number | undefined> => {
  harness.reports.length = 0;
  await harness.send(sent);
  return harness.reports[0]?.capacityUnits;
};

beforeAll(async () => {
  harness = await startHarness(schemas);
});
afterAll(() => harness.close());

it('every route consumes what its one item or page costs, and no more as the table grows', async () => {
  const post = (path: string, json: unknown): Sent => ({ method: 'POST', path, json });
  const create = async (path: string, json: unknown) => (await harness.send(post(path, json))).body;
  const product = { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 };
  const { id: productId } = await create('/products', product);
  const { id: customerId } = await create('/customers', { email: 'a@example.com', name: 'A' });
  const order = { customerId, lines: [{ productId, quantity: 1 }] };
  const { id: orderId } = await create('/orders', order);
  for (let index = 0; index < 30; index += 1) await create('/products', { ...product, category: 'other' });

  const path = `/products/${productId}`;
  const consumed = {
    // A write costs one unit for the table and one for each index.
    createProduct: await units(post('/products', { ...product, category: 'else' })),
    // A transaction costs two units for each item, its guards of unique values too, and one for each index.
    createCustomer: await units(post('/customers', { email: 'b@example.com', name: 'B' })),
    createOrder: await units(post('/orders', order)),
    // A consistent read of up to 4 KB costs one unit, of an index half of one.
    readProduct: await units({ path }),
    headProduct: await units({ path, method: 'HEAD' }),
    readMissing: await units({ path: '/products/nothing' }),
    readOrder: await units({ path: `/orders/${orderId}` }),
    listProducts: await units({ path: '/products', query: 'category=home' }),
    listOrders: await units({ path: '/orders', query: `customerId=${customerId}&fields=id` }),
    listById: await units({ path: '/products', query: `id=${productId}` }),
    patchNothing: await units({ path, method: 'PATCH', json: { name: 'Lamp' } }),
    // A read, then a write of the table and of the index that has all attributes.
    patchProduct: await units({ path, method: 'PATCH', json: { stock: 4 } }),
    deleteProduct: await units({ path, method: 'DELETE' }),
    health: await units({ path: '/health' }),
    forbidden: await units({ path, claims: { sub: 'x' } }),
  };

  expect(consumed).toEqual({
    createProduct: 2,
    createCustomer: 2 + 1 + 2,
    // Two reads, the order with its indexes, the product with its own, and for the reference: check, counter, guard.
    createOrder: 2 + (2 + 2) + (2 + 1) + 3 * 2,
    readProduct: 1,
    headProduct: 1,
    readMissing: 1,
    readOrder: 1,
    listProducts: 0.5,
    listOrders: 0.5,
    listById: 1,
    patchNothing: 1,
    patchProduct: 1 + 2,
    deleteProduct: 2,
    health: 0,
    forbidden: 0,
  });
});

it('an insight costs half a unit for each 4 KB of its page, a later page twice that, however much there is', async () => {
  const api = harness.api({ queries: [martOf('sales'), martOf('small')] });
  const consumed = async (sent: Sent) => {
    harness.reports.length = 0;
    const { body } = await call(api, sent);
    return { units: harness.reports[0]?.capacityUnits, cursor: body?.cursor as string };
  };
  await publishInsight(portsOf(harness), insightOf('sales', '1', 2500));
  await publishInsight(portsOf(harness), insightOf('small', '1', 2));
  const first = await consumed({ path: '/insights/sales' });
  const second = await consumed({ path: '/insights/sales', query: `cursor=${first.cursor}` });
  const known = { 'if-none-match': '*' };

  expect({
    first: first.units,
    second: second.units,
    small: (await consumed({ path: '/insights/small' })).units,
    known: (await consumed({ path: '/insights/small', headers: known })).units,
    head: (await consumed({ path: '/insights/small', method: 'HEAD' })).units,
    missing: (await consumed({ path: '/insights/nothing' })).units,
    list: (await consumed({ path: '/insights' })).units,
  }).toEqual({ first: 0.5, second: 1, small: 0.5, known: 0.5, head: 0.5, missing: 0, list: 0 });
});
