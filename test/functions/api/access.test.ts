import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness, type Sent } from './harness.ts';
import { memo, shelf } from './memo.ts';

let harness: Harness;
let productId = '';
const forbidden = { status: 403, body: { type: 'urn:tailrace:problem:forbidden' } };
const customerClaims = (sub: string) => ({ sub, 'cognito:groups': '[customer]', client_id: 'app' });
const machineClaims = (scope: string) => ({ sub: 'm1', client_id: 'm1', scope });
const as = (claims: Record<string, unknown>) => (sent: Sent) => harness.send({ ...sent, claims });
const [ada, bob] = [as(customerClaims('ada')), as(customerClaims('bob'))];
const staff = (sent: Sent) => harness.send(sent);
const post = (path: string, json: unknown): Sent => ({ method: 'POST', path, json });
const patch = (path: string, json: unknown): Sent => ({ method: 'PATCH', path, json });
const person = (sub: string) => ({ email: `${sub}@example.com`, name: 'A' });
const lines = () => [{ productId, quantity: 1 }];
const ids = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id);

beforeAll(async () => {
  harness = await startHarness([...schemas, memo, shelf]);
  const price = { amount: 1, currency: 'EUR' };
  productId = (await staff(post('/products', { name: 'Lamp', category: 'home', price, stock: 500 }))).body.id;
  await ada(post('/customers', person('ada')));
  await bob(post('/customers', person('bob')));
});
afterAll(() => harness.close());

describe('a customer', () => {
  it('makes the one record of themselves, under the subject of their token', async () => {
    const eve = as(customerClaims('eve'));

    expect(await eve(post('/customers', person('eve')))).toMatchObject({ status: 201, body: { id: 'eve' } });
    expect(await eve(post('/customers', person('eve')))).toMatchObject({ status: 409 });
    expect(await eve({ path: '/customers/eve' })).toMatchObject({ status: 200 });
    expect(await eve(patch('/customers/eve', { name: 'Eve' }))).toMatchObject({ body: { name: 'Eve' } });
    expect(await eve({ method: 'DELETE', path: '/customers/eve' })).toMatchObject(forbidden);
  });

  it('orders for themselves, whether they say so or not', async () => {
    const [said, silent] = [
      await ada(post('/orders', { customerId: 'ada', lines: lines() })),
      await ada(post('/orders', { lines: lines() })),
    ];

    expect([said.status, silent.status]).toEqual([201, 201]);
    expect(silent.body.customerId).toBe('ada');
  });

  it('orders for nobody else, whether there is such a customer or not', async () => {
    for (const customerId of ['bob', 'nobody', 7, null])
      expect(await ada(post('/orders', { customerId, lines: lines() }))).toMatchObject({
        ...forbidden,
        body: { errors: [{ pointer: '/customerId' }] },
      });
  });

  it('sees products and changes none', async () => {
    expect(await ada({ path: `/products/${productId}` })).toMatchObject({ status: 200 });
    expect(await ada({ path: '/products', query: 'category=home' })).toMatchObject({ status: 200 });
    expect(await ada(patch(`/products/${productId}`, { stock: 0 }))).toMatchObject(forbidden);
    expect(await ada(patch('/products/nothing', { stock: 0 }))).toMatchObject(forbidden);
  });

  it('lists their own orders without saying whose, and no other', async () => {
    const mine = await ada(post('/orders', { lines: lines() }));
    const others = await bob(post('/orders', { lines: lines() }));
    const listed = ids(await ada({ path: '/orders' }));

    expect(listed).toContain(mine.body.id);
    expect(listed).not.toContain(others.body.id);
    expect(ids(await ada({ path: '/orders', query: 'customerId=ada' }))).toEqual(listed);
    for (const customerId of ['bob', 'nobody'])
      expect(await ada({ path: '/orders', query: `customerId=${customerId}` })).toMatchObject(forbidden);
    for (const query of ['status=placed', `id=${others.body.id}`])
      expect(await ada({ path: '/orders', query })).toMatchObject({ status: 400 });
    expect(ids(await ada({ path: '/customers' }))).toEqual(['ada']);
  });

  it('keeps lists in the owner’s index over pages', async () => {
    await bob(post('/orders', { lines: lines() }));
    await bob(post('/orders', { lines: lines() }));
    const first = await bob({ path: '/orders', query: 'limit=1' });
    const next = await bob({ path: '/orders', query: `limit=1&cursor=${first.body.cursor}` });

    expect(next.body.items).toMatchObject([{ customerId: 'bob' }]);
    expect(await ada({ path: '/orders', query: `limit=1&cursor=${first.body.cursor}` })).toMatchObject({
      status: 400,
    });
  });
});

describe('a machine', () => {
  it('does what its scopes say, and owns nothing', async () => {
    const reader = as(machineClaims('tailrace/orders.read'));
    const order = await ada(post('/orders', { lines: lines() }));

    expect(await reader({ path: `/orders/${order.body.id}` })).toMatchObject({ status: 200 });
    expect(await reader({ path: '/orders', query: 'customerId=ada' })).toMatchObject({ status: 200 });
    expect(await reader({ path: `/products/${productId}` })).toMatchObject(forbidden);
    expect(await reader(post('/customers', person('reader')))).toMatchObject(forbidden);
  });
});

describe('a token', () => {
  it('of a person in no group reaches their own records alone', async () => {
    const newcomer = as({ sub: 'new', client_id: 'app' });

    expect(await newcomer(post('/customers', person('new')))).toMatchObject({
      status: 201,
      body: { id: 'new' },
    });
    expect(await newcomer({ path: `/products/${productId}` })).toMatchObject(forbidden);
  });

  it('without a subject is of nobody', async () => {
    expect(await as({ 'cognito:groups': '[staff]' })({ path: '/orders/x' })).toMatchObject({ status: 401 });
  });

  it('that lacks a group is told what it takes', async () => {
    const { body } = await ada(post('/products', {}));

    expect(body.detail).toBe('To create products takes group:staff. The token has group:customer.');
  });
});

describe('a field', () => {
  it('that is not for the caller is in no answer', async () => {
    const made = await staff(post('/memos', { ownerId: 'ada', text: 'a', topic: 't', verdict: 'v' }));
    const path = `/memos/${made.body.id}`;
    await ada(patch(path, { diary: 'Dear diary' }));
    const answers = [
      (await ada({ path })).body,
      (await ada({ path: '/memos' })).body.items[0],
      (await ada(patch(path, { text: 'b' }))).body,
    ];

    for (const body of answers) {
      expect(body).toMatchObject({ topic: 't', diary: 'Dear diary' });
      expect(body).not.toHaveProperty('verdict');
    }
    expect((await staff({ path })).body).toMatchObject({ verdict: 'v' });
    expect((await staff({ path })).body).not.toHaveProperty('diary');
  });

  it('that is not the caller’s to set is refused by name', async () => {
    const json = { text: 'a', topic: 't', verdict: 'v' };
    const { status, body } = await ada(post('/memos', json));
    const made = await ada(post('/memos', { text: 'a' }));

    expect(status).toBe(403);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/topic', '/verdict']);
    expect(await ada(patch(`/memos/${made.body.id}`, { topic: null }))).toMatchObject(forbidden);
    expect(await ada(patch('/memos/nothing', { topic: null }))).toMatchObject(forbidden);
  });

  it('that is hidden finds and sorts nothing', async () => {
    const reader = as(machineClaims('tailrace/memos.read'));

    expect(await reader({ path: '/memos', query: 'topic=t' })).toMatchObject(forbidden);
    expect(await reader({ path: '/memos', query: 'ownerId=ada' })).toMatchObject({ status: 200 });
    expect(await staff({ path: '/memos', query: 'topic=t&verdict=v' })).toMatchObject({ status: 200 });
  });
});
