import * as fc from 'fast-check';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, z } from '../../../core/schema/index.ts';
import type { ApplicationParts } from '../../../functions/api/application.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { schemas } from '../../../schemas/index.ts';
import { crashingStore } from './crashing-store.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';
import { storeOf } from './store-of-goods.ts';

/** An entity whose key the client gives. */
const seat = entity({
  name: 'seat',
  description: 'A chair in a cinema',
  key: ['hall', 'number'],
  fields: { hall: z.string().min(1), number: z.int(), guest: z.string().optional() },
});

let harness: Harness;
let shop: ReturnType<typeof storeOf>;
let customer = '';
let keys = 0;

beforeAll(async () => {
  harness = await startHarness([...schemas, seat]);
  shop = storeOf(harness);
  customer = await shop.customer();
});
afterAll(() => harness.close());

const newKey = () => ({ 'idempotency-key': `key-${(keys += 1)}` });
const by = (sub: string): Partial<Sent> => ({
  event: {
    requestContext: {
      ...requestContext,
      authorizer: { jwt: { claims: { 'cognito:groups': '[staff]', sub } } },
    },
  } as never,
});
const requestContext = {
  http: { method: 'POST', path: '/products' },
  requestId: 'request-x',
  domainName: 'api.test',
  stage: '$default',
};
const lampJson = (name = 'Lamp') => ({
  name,
  category: 'home',
  price: { amount: 100, currency: 'EUR' },
  stock: 5,
});
const createLamp = (headers: Record<string, string>, name?: string, more: Partial<Sent> = {}) =>
  harness.send({ method: 'POST', path: '/products', headers, json: lampJson(name), ...more });
const isReplay = ({ headers }: Received): boolean => headers['idempotent-replayed'] === 'true';
/** All of an answer but the request's own id and the mark of a repetition. */
const told = ({ status, headers, text }: Received) => {
  const { 'x-request-id': _id, 'idempotent-replayed': _mark, ...rest } = headers;
  return { status, headers: rest, text };
};

describe('a create with a key', () => {
  it('is done once, and answered the same as often as it is sent', async () => {
    const [before, key] = [await harness.count('product'), newKey()];
    const [first, second, third] = [await createLamp(key), await createLamp(key), await createLamp(key)];

    expect(first).toMatchObject({
      status: 201,
      headers: { location: `/products/${first.body.id}`, etag: '"1"' },
    });
    expect(isReplay(first)).toBe(false);
    expect([second, third].map((answer) => [isReplay(answer), told(answer)])).toEqual([
      [true, told(first)],
      [true, told(first)],
    ]);
    expect(await harness.count('product')).toBe(before + 1);
  });

  it('is answered the same when the record has changed or is gone', async () => {
    const key = newKey();
    const first = await createLamp(key);
    const path = first.headers.location as string;
    await harness.send({ method: 'PATCH', path, json: { stock: 1 } });
    const afterChange = await createLamp(key);
    await harness.send({ method: 'DELETE', path });
    const afterDelete = await createLamp(key);

    expect([afterChange, afterDelete].map(told)).toEqual([told(first), told(first)]);
    expect(await harness.send({ path })).toMatchObject({ status: 404 });
  });

  it('is refused for another payload, whatever its form', async () => {
    const key = newKey();
    const { body } = await createLamp(key);
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(lampJson()).toReversed()), null, 2);
    const again = await harness.send({
      method: 'POST',
      path: '/products',
      headers: { ...key, 'content-type': 'application/json' },
      body: reordered,
    });
    const other = await createLamp(key, 'Chair');

    expect(again).toMatchObject({ status: 201, body });
    expect(other).toMatchObject({
      status: 422,
      body: { type: 'urn:tailrace:problem:idempotency-mismatch', status: 422 },
    });
  });

  it('belongs to its caller and its entity', async () => {
    const key = newKey();
    const [mine, theirs] = [await createLamp(key), await createLamp(key, 'Chair', by('u2'))];
    const person = await harness.send({
      method: 'POST',
      path: '/customers',
      headers: key,
      json: { email: `${Math.random()}@example.com`, name: 'Ada' },
    });

    expect([mine.status, theirs.status, person.status]).toEqual([201, 201, 201]);
    expect(new Set([mine.body.id, theirs.body.id, person.body.id]).size).toBe(3);
  });

  it('makes one record when many come at once', async () => {
    const [before, key] = [await harness.count('product'), newKey()];
    const answers = await Promise.all(Array.from({ length: 12 }, () => createLamp(key)));

    expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect(answers[0]?.status).toBe(201);
    expect(await harness.count('product')).toBe(before + 1);
  });

  it('takes the last piece for itself when it comes twice at once', async () => {
    const [lamp, key] = [await shop.product(1), newKey()];
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop.order(customer, [[lamp, 1]], key)),
    );

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await shop.order(customer, [[lamp, 1]], newKey())).toMatchObject({ status: 409 });
  });

  it('that was refused may be sent again with the same key', async () => {
    const [lamp, key] = [await shop.product(1), newKey()];
    const refused = await shop.order(customer, [[lamp, 2]], key);
    await harness.send({ method: 'PATCH', path: `/products/${lamp}`, json: { stock: 2 } });

    expect(refused.status).toBe(409);
    expect(await shop.order(customer, [[lamp, 2]], key)).toMatchObject({ status: 201 });
  });

  it('works where the client gives the key of the record', async () => {
    const key = newKey();
    const take = (number: number, headers: Record<string, string> = key) =>
      harness.send({ method: 'POST', path: '/seats', headers, json: { hall: 'a', number } });
    const [first, second] = [await take(1), await take(1)];

    expect([isReplay(second), told(second)]).toEqual([true, told(first)]);
    expect(await take(1, newKey())).toMatchObject({ status: 409 });
    expect(await take(2)).toMatchObject({ status: 422 });
  });

  it.each([[''], ['two words'], ['x'.repeat(256)], ['ä']])('of %j is refused', async (key) => {
    expect(await createLamp({ 'idempotency-key': key })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'Idempotency-Key' }] },
    });
  });

  it('is forgotten after a day, but never makes a second record', async () => {
    const key = newKey();
    const { body } = await createLamp(key);
    const later = (parts: Partial<ApplicationParts> = {}) =>
      harness.api({ clock: { now: () => new Date(Date.now() + 25 * 60 * 60 * 1000) }, ...parts });
    const answer = await call(later(), { method: 'POST', path: '/products', headers: key, json: lampJson() });

    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:tailrace:problem:already-exists' } });
    expect(answer.body.detail).toContain('more than a day ago');
    await harness.send({ method: 'DELETE', path: `/products/${body.id}` });
    expect(
      await call(later(), { method: 'POST', path: '/products', headers: key, json: lampJson() }),
    ).toMatchObject({ status: 201 });
  });

  it('leaves nothing of the key or the receipt with the record, and of the caller the subject alone', async () => {
    const { body } = await createLamp(newKey());
    const { Items = [] } = await harness.client.send(
      new ScanCommand({
        TableName: harness.names.table(schemas.find(({ name }) => name === 'product') as never),
      }),
    );
    const item = Items.map((image) => unmarshall(image)).find(({ id }) => id === body.id);

    expect(item).toEqual({ ...body, schemaVersion: 1, changedBy: 'u1' });
  });
});

describe('an action with a key', () => {
  const placed = async (): Promise<string> => {
    const lamp = await shop.product(10);
    return (await shop.order(customer, [[lamp, 1]])).body.id;
  };

  it('is done once, and answered the same even when the order has gone on', async () => {
    const [id, key] = [await placed(), newKey()];
    const first = await shop.move(id, 'pay', { ...key, 'if-match': '"1"' });
    const second = await shop.move(id, 'pay', { ...key, 'if-match': '"1"' });
    await shop.move(id, 'ship');
    const third = await shop.move(id, 'pay', key);

    expect(first).toMatchObject({ status: 200, body: { status: 'paid', version: 2 } });
    expect([second, third].map((answer) => [isReplay(answer), told(answer)])).toEqual([
      [true, told(first)],
      [true, told(first)],
    ]);
  });

  it('is refused for another action and another order', async () => {
    const [id, other, key] = [await placed(), await placed(), newKey()];
    await shop.move(id, 'pay', key);

    expect(await shop.move(id, 'ship', key)).toMatchObject({ status: 422 });
    expect(await shop.move(other, 'pay', key)).toMatchObject({ status: 422 });
    expect((await harness.send({ path: `/orders/${other}` })).body).toMatchObject({ status: 'placed' });
  });

  it('puts pieces back once when it comes many times at once', async () => {
    const [lamp, key] = [await shop.product(10), newKey()];
    const { body } = await shop.order(customer, [[lamp, 4]]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.move(body.id, 'cancel', key)));

    expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await shop.stock(lamp)).toBe(10);
  });
});

describe('a process that dies', () => {
  const scenario = async (at: number, when: 'before' | 'after') => {
    const [lamp, key] = [await shop.product(10), newKey()];
    const before = await harness.count('order');
    const { store, calls } = crashingStore(dynamoStore(harness.client), at, when);
    const sent = (): Sent => ({
      method: 'POST',
      path: '/orders',
      headers: key,
      json: { customerId: customer, lines: [{ productId: lamp, quantity: 3 }] },
    });
    const first = await call(harness.api({ store }), sent());
    const written = (await harness.count('order')) - before;
    const retry = await harness.send(sent());
    return { first, retry, written, calls: calls(), lamp, sent, before };
  };

  it('at any call to the table leaves one order after the retry, and the retry says what the first would have', async () => {
    const { calls: all, first } = await scenario(1000, 'before');
    expect(first.status).toBe(201);
    const moments = Array.from({ length: all }, (_, index) => index + 1).flatMap((at) =>
      (['before', 'after'] as const).map((when) => ({ at, when })),
    );
    expect(moments.length).toBeGreaterThanOrEqual(8);
    const committed: string[] = [];
    for (const { at, when } of moments) {
      const run = await scenario(at, when);
      const again = await harness.send(run.sent());

      expect(run.first.status).toBe(500);
      expect(run.retry.status).toBe(201);
      expect(isReplay(run.retry)).toBe(run.written === 1);
      expect(told(again)).toEqual(told(run.retry));
      expect((await harness.send({ path: run.retry.headers.location as string })).body).toEqual(
        run.retry.body,
      );
      expect(await harness.count('order')).toBe(run.before + 1);
      expect(await shop.stock(run.lamp)).toBe(7);
      if (run.written === 1) committed.push(`${at} ${when}`);
    }
    expect(committed).toEqual([`${all} after`]);
  });

  const actionScenario = async (action: string, at: number, when: 'before' | 'after') => {
    const [lamp, key] = [await shop.product(10), newKey()];
    const { body: order } = await shop.order(customer, [[lamp, 3]]);
    const sent: Sent = { method: 'POST', path: `/orders/${order.id}/${action}`, headers: key };
    const { store, calls } = crashingStore(dynamoStore(harness.client), at, when);
    const first = await call(harness.api({ store }), sent);
    const isWritten = (await harness.send({ path: `/orders/${order.id}` })).body.version === 2;
    const retry = await harness.send(sent);
    return { first, retry, isWritten, calls: calls(), lamp, sent };
  };

  it.each([
    ['pay', 'paid', 7],
    ['cancel', 'cancelled', 10],
  ])(
    'at any call of the action %s leaves it done once after the retry, and the retry says what the first would have',
    async (action, state, stock) => {
      const { calls: all, first } = await actionScenario(action, 1000, 'before');
      expect(first).toMatchObject({ status: 200, body: { status: state } });
      expect(all).toBeGreaterThanOrEqual(3);
      const committed: string[] = [];
      for (let at = 1; at <= all; at += 1)
        for (const when of ['before', 'after'] as const) {
          const run = await actionScenario(action, at, when);
          const again = await harness.send(run.sent);

          expect(run.first.status).toBe(500);
          expect(run.retry).toMatchObject({
            status: 200,
            headers: { etag: '"2"' },
            body: { status: state, version: 2 },
          });
          expect(isReplay(run.retry)).toBe(run.isWritten);
          expect(told(again)).toEqual(told(run.retry));
          expect(await shop.stock(run.lamp)).toBe(stock);
          if (run.isWritten) committed.push(`${at} ${when}`);
        }
      expect(committed).toEqual([`${all} after`]);
    },
  );

  it('whatever the calls that fail and come back, a key makes one order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('before', 'after')), {
          maxLength: 4,
        }),
        async (deaths) => {
          const [lamp, key] = [await shop.product(10), newKey()];
          const before = await harness.count('order');
          const sent: Sent = {
            method: 'POST',
            path: '/orders',
            headers: key,
            json: { customerId: customer, lines: [{ productId: lamp, quantity: 1 }] },
          };
          await Promise.all(
            deaths.map(([at, when]) =>
              call(
                harness.api({ store: crashingStore(dynamoStore(harness.client), at, when as 'after').store }),
                sent,
              ),
            ),
          );
          const answer = await harness.send(sent);

          expect(answer.status).toBe(201);
          expect(await harness.count('order')).toBe(before + 1);
          expect(await shop.stock(lamp)).toBe(9);
        },
      ),
      { numRuns: 25 },
    );
  });
});
