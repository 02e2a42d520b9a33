import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityRoutes } from '../../../core/http/routes.ts';
import { entitiesOf } from '../../../core/schema/load.ts';
import type { Api } from '../../../functions/api/application.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { schemas } from '../../../schemas/index.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';
import { memo, shelf } from './memo.ts';

const all = [...schemas, memo, shelf];
const WORLD = entitiesOf(all);
let harness: Harness;
let api: Api;
let calls: string[] = [];
/** Records of Bob by entity, and a path that has the same form and leads nowhere. */
const theirs = new Map<string, { real: string; missing: string; record: Record<string, unknown> }>();

/** A store that counts what is asked of DynamoDB: a difference in work is a difference in time. */
const counted = (store: Store): Store =>
  Object.fromEntries(
    Object.entries(store).map(([name, work]) => [
      name,
      (input: unknown) => {
        calls.push(name);
        return (work as (input: unknown) => unknown)(input);
      },
    ]),
  ) as unknown as Store;

const bob = { sub: 'bob', 'cognito:groups': '[customer]', client_id: 'app' };
const send = (sent: Sent): Promise<Received> => call(api, sent);

const remember = (name: string, record: Record<string, string>): void => {
  const { key, plural } = WORLD.find((entity) => entity.name === name)!;
  const values = key.map((field) => record[field] ?? '');
  const others = values.map((value, index) => (name === 'shelf' && index === 0 ? 'bob' : `${value}x`));
  theirs.set(name, {
    real: `/${plural}/${values.join('/')}`,
    missing: `/${plural}/${others.join('/')}`,
    record,
  });
};

beforeAll(async () => {
  harness = await startHarness(all);
  api = harness.api({ store: counted(dynamoStore(harness.client)) });
  const post = async (path: string, json: unknown, claims?: Record<string, unknown>) =>
    (await harness.send({ method: 'POST', path, json, ...(claims ? { claims } : {}) })).body;
  const price = { amount: 1, currency: 'EUR' };
  const product = await post('/products', { name: 'Lamp', category: 'home', price, stock: 5 });
  remember('customer', await post('/customers', { email: 'bob@secret.example', name: 'Bob' }, bob));
  const lines = [{ productId: product.id, quantity: 1 }];
  remember('order', await post('/orders', { lines, note: 'secret' }, bob));
  remember('memo', await post('/memos', { text: 'secret', diary: 'secret' }, bob));
  remember('shelf', await post('/shelves', { place: 'attic', label: 'secret' }, bob));
});
afterAll(() => harness.close());

const groups = fc.constantFrom(undefined, '[]', '[customer]', 'customer', '[courier customer]');
const scope = fc.constantFrom(undefined, 'openid', 'tailrace/products.read', 'orders.read', 'staff');
const stranger = fc
  .record({
    sub: fc.constantFrom('ada', 'bo', 'bob ', 'BOB', 'staff'),
    groups,
    scope,
    isMachine: fc.boolean(),
  })
  .map(({ sub, groups: group, scope: scopes, isMachine }) => ({
    sub,
    client_id: isMachine ? sub : 'app',
    ...(group === undefined ? {} : { 'cognito:groups': group }),
    ...(scopes === undefined ? {} : { scope: scopes }),
  }));
const owned = fc.constantFrom('customer', 'order', 'memo', 'shelf');
const headers = fc.constantFrom<Record<string, string>>(
  {},
  { 'if-match': '"1"' },
  { 'if-match': '"9"' },
  { 'if-none-match': '"1"' },
);
const patchBody = fc.constantFrom<unknown>(
  {},
  { note: 'x' },
  { text: 'x' },
  { name: null },
  { label: 'x' },
  { id: 'y' },
  { ownerId: 'ada' },
  [],
  { colour: 1 },
);
const fieldsQuery = fc.constantFrom('', 'fields=id', 'fields=note,text', 'fields=verdict', 'fields=colour');
const itemMethod = fc.constantFrom('GET', 'HEAD', 'PATCH', 'DELETE', 'POST');

/** What an answer tells, but for the names of the request itself. */
const told = ({ status, headers: all_, text = '' }: Received, path: string, work: readonly string[]) => ({
  status,
  headers: { ...all_, 'x-request-id': '' },
  text: text.replaceAll(path, '<path>').replace(/"requestId":"[^"]*"/, ''),
  work,
});

const ask = async (sent: Sent, path: string) => {
  calls = [];
  const answer = await send({ ...sent, path });
  return told(answer, path, calls);
};

describe('whoever calls, whatever route', () => {
  it('a record of another is as one that is not there: status, headers, text and work', async () => {
    await fc.assert(
      fc.asyncProperty(
        stranger,
        owned,
        itemMethod,
        headers,
        patchBody,
        fieldsQuery,
        async (claims, name, method, extra, json, query) => {
          const { real, missing } = theirs.get(name)!;
          const sent = { claims, method, query, headers: extra, ...(method === 'PATCH' ? { json } : {}) };
          const [there, nowhere] = [await ask(sent, real), await ask(sent, missing)];

          expect(there).toEqual(nowhere);
          expect(there.status).toBeGreaterThanOrEqual(400);
          expect(there.text).not.toMatch(/secret/);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('an action on a record of another is as one on a record that is not there', async () => {
    const { real, missing } = theirs.get('order')!;
    await fc.assert(
      fc.asyncProperty(
        stranger,
        fc.constantFrom('pay', 'ship', 'deliver', 'cancel'),
        headers,
        async (claims, name, extra) => {
          const sent = { claims, method: 'POST', headers: extra };
          const [there, nowhere] = [
            await ask(sent, `${real}/${name}`),
            await ask(sent, `${missing}/${name}`),
          ];

          expect(there).toEqual(nowhere);
          expect([403, 404, 412]).toContain(there.status);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a list tells nothing of another’s records: items, count, cursor, error or work', async () => {
    const parameters = fc.dictionary(
      fc.constantFrom(
        'id',
        'customerId',
        'ownerId',
        'placedAt',
        'status',
        'email',
        'topic',
        'createdAt',
        'place',
        'limit',
        'order',
        'cursor',
      ),
      fc.constantFrom(
        'bob',
        'nobody',
        'placed',
        'lost',
        '2026',
        'attic',
        'bob@secret.example',
        'no@secret.example',
        '1',
        'desc',
        'W10',
      ),
      { maxKeys: 3 },
    );
    const plural = fc.constantFrom('customers', 'orders', 'memos', 'shelves');
    await fc.assert(
      fc.asyncProperty(stranger, plural, parameters, async (claims, path, query) => {
        const asked = new URLSearchParams(query).toString();
        const { body, status } = await send({ claims, path: `/${path}`, query: asked });

        expect(status === 200 ? body : { items: [] }).toEqual({ items: [] });
        expect([200, 400, 403]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });

  it('a list is the same before and after another writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        stranger,
        fc.constantFrom('/orders', '/memos', '/shelves', '/customers'),
        async (claims, path) => {
          const before = await ask({ claims }, path);
          await harness.send({ method: 'POST', path: '/memos', json: { text: 'secret' }, claims: bob });

          expect(await ask({ claims }, path)).toEqual(before);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('nothing is written for another, or to another’s record', async () => {
    const body = fc.constantFrom<unknown>(
      { customerId: 'bob', lines: [{ productId: 'x', quantity: 1 }] },
      { ownerId: 'bob', text: 'x' },
      { ownerId: 'bob', place: 'attic', label: 'x' },
      { id: 'bob', email: 'x@example.com', name: 'X' },
    );
    await fc.assert(
      fc.asyncProperty(
        stranger,
        fc.constantFrom('/customers', '/orders', '/memos', '/shelves'),
        body,
        async (claims, path, json) => {
          const { status } = await send({ claims, method: 'POST', path, json });

          expect([400, 403]).toContain(status);
        },
      ),
      { numRuns: 100 },
    );
    for (const { real, record } of theirs.values())
      expect((await harness.send({ path: real, claims: bob })).body).toEqual(record);
  });

  it('every route of every entity is among those tried', () => {
    const operations = new Set(entityRoutes(all).map(({ operation }) => operation));

    expect([...operations].toSorted()).toEqual(['action', 'create', 'delete', 'list', 'patch', 'read']);
  });
});
