import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas } from '../../../schemas/index.ts';
import { order } from '../../../schemas/order.ts';
import { startHarness, type Harness, type Received } from './harness.ts';

let harness: Harness;
const euro = (amount: number) => ({ amount, currency: 'EUR' });
const send = (...parts: Parameters<Harness['send']>) => harness.send(...parts);
const create = (path: string, json: unknown) => send({ method: 'POST', path, json });
const createProduct = async (price: object = euro(1999)): Promise<Received> =>
  create('/products', { name: 'Lamp', category: 'home', price, stock: 5 });
let people = 0;
const createCustomer = (email = `ada${(people += 1)}@example.com`) =>
  create('/customers', { email, name: 'Ada' });
const patch = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  send({ method: 'PATCH', path, json, headers });

beforeAll(async () => {
  harness = await startHarness(schemas);
});
afterAll(() => harness.close());

describe('create', () => {
  it('answers the whole record, where it is and its version', async () => {
    const { status, headers, body } = await createProduct();

    expect(status).toBe(201);
    expect(headers).toMatchObject({
      location: `/products/${body.id}`,
      etag: '"1"',
      'content-type': 'application/json',
      'x-request-id': expect.stringMatching(/^request-/),
    });
    expect(body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: 'Lamp',
      category: 'home',
      price: euro(1999),
      stock: 5,
      tags: [],
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: body.createdAt,
    });
    expect(await send({ path: headers.location as string })).toMatchObject({ status: 200, body });
  });

  it('names every wrong field and writes nothing', async () => {
    const before = await harness.count('product');
    const { status, headers, body } = await create('/products', {
      name: '',
      price: { amount: 1.5, currency: 'XXY' },
      stock: 5,
      colour: 'red',
      id: 'mine',
    });

    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:tailrace:problem:validation-failed',
      status: 400,
      instance: '/products',
      requestId: headers['x-request-id'],
    });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/category',
      '/colour',
      '/id',
      '/name',
      '/price/amount',
      '/price/currency',
    ]);
    expect(await harness.count('product')).toBe(before);
  });
});

describe('an order', () => {
  it('costs what its products cost, not what the client says', async () => {
    const [lamp, chair, customer] = [
      await createProduct(euro(1999)),
      await createProduct(euro(10_050)),
      await createCustomer(),
    ];
    const { status, body } = await create('/orders', {
      customerId: customer.body.id,
      lines: [
        { productId: lamp.body.id, quantity: 3 },
        { productId: chair.body.id, quantity: 1 },
        { productId: lamp.body.id, quantity: 1 },
      ],
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      total: euro(18_046),
      status: 'placed',
      placedAt: body.createdAt,
      version: 1,
    });
    expect(body.lines.map(({ amount }: { amount: object }) => amount)).toEqual([
      euro(5997),
      euro(10_050),
      euro(1999),
    ]);
  });

  it('keeps the version of its schema with the item and does not answer it', async () => {
    const [lamp, customer] = [await createProduct(), await createCustomer()];
    const { body } = await create('/orders', {
      customerId: customer.body.id,
      lines: [{ productId: lamp.body.id, quantity: 1 }],
    });
    const { Item } = await harness.client.send(
      new GetItemCommand({ TableName: harness.names.table(order), Key: { id: { S: body.id } } }),
    );

    expect(Item?.schemaVersion).toEqual({ N: '1' });
    expect(body).not.toHaveProperty('schemaVersion');
    expect((await send({ path: `/orders/${body.id}` })).body).toEqual(body);
  });

  it.each([
    ['an amount', { lines: [{ productId: 'p', quantity: 1, amount: euro(1) }] }, ['/lines/0/amount']],
    ['a total', { lines: [{ productId: 'p', quantity: 1 }], total: euro(1) }, ['/total']],
  ])('refuses %s from the client', async (_what, part, pointers) => {
    const { status, body } = await create('/orders', { customerId: 'c', ...part });

    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  it('names unknown products and an unknown customer', async () => {
    const lamp = await createProduct();
    const before = await harness.count('order');
    const { status, body } = await create('/orders', {
      customerId: 'nobody',
      lines: [
        { productId: lamp.body.id, quantity: 1 },
        { productId: 'nothing', quantity: 1 },
      ],
    });

    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { pointer: '/customerId', message: 'There is no such customer' },
      { pointer: '/lines/1/productId', message: 'There is no such product' },
    ]);
    expect(await harness.count('order')).toBe(before);
  });

  it('is of one currency', async () => {
    const [lamp, tea, customer] = [
      await createProduct(),
      await createProduct({ amount: 500, currency: 'USD' }),
      await createCustomer(),
    ];
    const { status, body } = await create('/orders', {
      customerId: customer.body.id,
      lines: [lamp, tea].map(({ body: { id } }) => ({ productId: id, quantity: 1 })),
    });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ pointer: '/lines/1/productId', message: /USD.*EUR/ }]);
  });

  it('has amounts that are exact, or is refused', async () => {
    const [gold, customer] = [await createProduct(euro(Number.MAX_SAFE_INTEGER)), await createCustomer()];
    const buy = (...quantities: number[]) =>
      create('/orders', {
        customerId: customer.body.id,
        lines: quantities.map((quantity) => ({ productId: gold.body.id, quantity })),
      });

    expect((await buy(2)).body.errors).toMatchObject([{ pointer: '/lines/0/quantity' }]);
    expect((await buy(1, 1)).body.errors).toMatchObject([{ pointer: '/lines' }]);
    expect((await buy(1)).body.total).toEqual(euro(Number.MAX_SAFE_INTEGER));
  });

  it('takes ninety lines of different products', async () => {
    const [products, customer] = [
      await Promise.all(Array.from({ length: 90 }, (_, index) => createProduct(euro(index)))),
      await createCustomer(),
    ];
    const { body } = await create('/orders', {
      customerId: customer.body.id,
      lines: products.map(({ body: { id } }) => ({ productId: id, quantity: 1 })),
    });

    expect(body.total).toEqual(euro(4005));
  });
});

describe('patch', () => {
  it('changes what it names, merges objects and counts the version', async () => {
    const { body } = await createProduct();
    const patched = await patch(`/products/${body.id}`, { stock: 4, price: { amount: 999 }, tags: ['new'] });

    expect(patched).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(patched.body).toEqual({
      ...body,
      stock: 4,
      price: euro(999),
      tags: ['new'],
      version: 2,
      updatedAt: expect.any(String),
    });
    expect((await send({ path: `/products/${body.id}` })).body).toEqual(patched.body);
  });

  it('takes application/merge-patch+json', async () => {
    const { body } = await createProduct();
    const headers = { 'content-type': 'application/merge-patch+json' };

    expect(await patch(`/products/${body.id}`, { stock: 1 }, headers)).toMatchObject({ status: 200 });
  });

  it('removes an optional field with null', async () => {
    const { body } = await create('/customers', { email: 'b@example.com', name: 'B', country: 'DE' });
    const patched = await patch(`/customers/${body.id}`, { country: null });

    expect(patched.body).not.toHaveProperty('country');
  });

  it('writes nothing when nothing changes', async () => {
    const { body } = await createProduct();
    const patched = await patch(`/products/${body.id}`, { stock: body.stock, tags: [], price: body.price });

    expect(patched).toMatchObject({ status: 200, body: { version: 1, updatedAt: body.updatedAt } });
  });

  it('names every field it may not change and every value that does not fit', async () => {
    const { body } = await createProduct();
    const refused = await patch(`/products/${body.id}`, { id: 'x', version: 9, name: null, colour: 1 });
    const invalid = await patch(`/products/${body.id}`, { stock: -1, price: { currency: 'euro' } });

    expect(refused.status).toBe(400);
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/id',
      '/version',
      '/name',
      '/colour',
    ]);
    expect(invalid.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/stock', '/price/currency']),
    );
    expect((await send({ path: `/products/${body.id}` })).body).toEqual(body);
  });

  it('does not change an immutable field', async () => {
    const [lamp, customer] = [await createProduct(), await createCustomer()];
    const { body } = await create('/orders', {
      customerId: customer.body.id,
      lines: [{ productId: lamp.body.id, quantity: 1 }],
    });
    const refused = await patch(`/orders/${body.id}`, { customerId: 'other', status: 'paid', note: 'Ring' });

    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/customerId',
      '/status',
    ]);
    expect((await patch(`/orders/${body.id}`, { note: 'Ring' })).body).toMatchObject({ note: 'Ring' });
  });

  it('loses no update when many come at once', async () => {
    const { body } = await createProduct();
    const path = `/products/${body.id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, stock) => patch(path, { stock: stock + 100 })),
    );
    const written = answers.filter(({ status }) => status === 200);
    const versions = written.map((answer) => answer.body.version as number).toSorted((a, b) => a - b);
    const last = written.find((answer) => answer.body.version === versions.at(-1));

    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(versions).toEqual(versions.map((_, index) => index + 2));
    expect((await send({ path })).body).toEqual(last?.body);
  });

  it('minds If-Match', async () => {
    const { body } = await createProduct();
    const path = `/products/${body.id}`;

    expect(await patch(path, { stock: 1 }, { 'if-match': '"1"' })).toMatchObject({ status: 200 });
    expect(await patch(path, { stock: 2 }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await send({ method: 'DELETE', path, headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 412,
    });
    expect(await send({ method: 'DELETE', path, headers: { 'if-match': '"2"' } })).toMatchObject({
      status: 204,
    });
  });

  it('finds no record that is not there', async () => {
    expect(await patch('/products/nothing', { stock: 1 })).toMatchObject({
      status: 404,
      body: { type: 'urn:tailrace:problem:not-found' },
    });
  });
});

describe('delete', () => {
  it('deletes once', async () => {
    const { body } = await createProduct();
    const remove = () => send({ method: 'DELETE', path: `/products/${body.id}` });

    expect(await remove()).toMatchObject({ status: 204, text: undefined });
    expect(await remove()).toMatchObject({ status: 404 });
    expect(await send({ path: `/products/${body.id}` })).toMatchObject({ status: 404 });
  });
});
