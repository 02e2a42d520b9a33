import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerKey } from '../../../core/insights/table.ts';
import { dynamoStore, type Store } from '../../../functions/api/store.ts';
import { insightStore } from '../../../functions/shared/insights/store.ts';
import { publishInsight } from '../../../functions/shared/insights/publish.ts';
import { schemas } from '../../../schemas/index.ts';
import { BUILT_AT, COLUMNS, insightOf, martOf, NOW, portsOf } from '../insights.ts';
import { call, startHarness, type Harness, type Received, type Sent } from './harness.ts';

const queries = [
  martOf('sales'),
  martOf('small', ['group:staff', 'scope:insights.read']),
  martOf('open', ['authenticated']),
  martOf('planned', ['group:staff']),
  { ...martOf('inner'), publish: [] },
];
const DAY_MS = 24 * 60 * 60 * 1000;
const person = (sub: string, groups = '') => ({ sub, client_id: 'app', 'cognito:groups': `[${groups}]` });
const [ann, staff] = [person('ann', 'customer'), person('sam', 'staff')];
const machine = { sub: 'm1', client_id: 'm1', scope: 'tailrace/insights.read' };
const notFound = { status: 404, body: { type: 'urn:tailrace:problem:not-found' } };
const badCursor = { status: 400, body: { type: 'urn:tailrace:problem:bad-cursor' } };

let harness: Harness;
let now = NOW;
const send = (sent: Sent): Promise<Received> => harness.send(sent);
const sendAt = async (sent: Sent, at: Date): Promise<Received> => {
  now = at;
  try {
    return await send(sent);
  } finally {
    now = NOW;
  }
};
const get = (name: string, query = '', claims: object = staff) =>
  send({ path: `/insights/${name}`, query, claims: { ...claims } });
const follow = (name: string, page: Received, claims: object = staff) =>
  get(name, `cursor=${page.body.cursor}`, claims);
const publish = (name: string, version: string, count: number) =>
  publishInsight(portsOf(harness), insightOf(name, version, count));
const numbers = ({ body }: Received): number[] => body.items.map(({ n }: { n: number }) => n);
const versions = ({ body }: Received): string[] => [
  ...new Set<string>(body.items.map(({ version }: { version: string }) => version)),
];

beforeAll(async () => {
  harness = await startHarness(schemas, { queries, clock: { now: () => now } });
  await publish('sales', '1', 250);
  await publish('small', '1', 2);
  await publish('open', '1', 0);
  await publish('inner', '1', 1);
});
afterAll(() => harness.close());

describe('an insight', () => {
  it('is answered with its question, its age, its columns and rows', async () => {
    const { status, headers, body } = await get('small');

    expect(status).toBe(200);
    expect(body).toEqual({
      name: 'small',
      question: 'What is small?',
      asOf: BUILT_AT,
      version: '1',
      rows: 2,
      columns: COLUMNS,
      items: [
        { n: 1, version: '1' },
        { n: 2, version: '1' },
      ],
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'last-modified': 'Wed, 25 Nov 2026 11:59:00 GMT',
      age: '60',
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"1\.0\.[\w-]{8}"$/),
    });
  });

  it('without rows is an empty one', async () => {
    expect((await get('open')).body).toMatchObject({ rows: 0, columns: COLUMNS, items: [] });
  });

  it('is never younger than nothing, whatever the clocks say', async () => {
    const { headers } = await sendAt({ path: '/insights/small', claims: staff }, new Date(0));

    expect(headers.age).toBe('0');
  });

  it('of many rows comes in pages, each row once', async () => {
    const first = await get('sales');
    const second = await follow('sales', first);
    const third = await follow('sales', second);

    expect([first, second, third].flatMap(numbers)).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
    expect([first, second, third].map(({ body }) => body.rows)).toEqual([250, 250, 250]);
    expect([first, second, third].map(({ body }) => Object.keys(body))).toEqual([
      Object.keys(first.body),
      Object.keys(first.body),
      Object.keys(first.body).filter((name) => name !== 'cursor'),
    ]);
  });

  it('answers HEAD without a body', async () => {
    const head = await send({ method: 'HEAD', path: '/insights/small', claims: staff });
    const { headers } = await get('small');

    expect(head.text).toBeUndefined();
    expect({ ...head.headers, 'x-request-id': '' }).toEqual({ ...headers, 'x-request-id': '' });
  });

  it('reads one item for every answer', async () => {
    let reads = 0;
    const store = dynamoStore(harness.client);
    const read: Store['get'] = (input) => {
      reads += 1;
      return store.get(input);
    };
    const counting = { ...store, get: read };
    const api = harness.api({ store: counting });
    const first = await call(api, { path: '/insights/sales', claims: staff });
    await call(api, { path: '/insights/sales', query: `cursor=${first.body.cursor}`, claims: staff });

    expect(reads).toBe(2);
  });
});

describe('a client that has a page already', () => {
  const tagged = (name: string, tag: unknown, query = '', claims: object = staff) =>
    send({
      path: `/insights/${name}`,
      query,
      headers: { 'if-none-match': String(tag) },
      claims: { ...claims },
    });

  it('is told so, with what it would be told otherwise', async () => {
    const page = await get('sales');
    const known = await tagged('sales', page.headers.etag);

    expect([known.status, known.text]).toEqual([304, undefined]);
    expect(known.headers).toMatchObject({
      etag: page.headers.etag,
      'last-modified': page.headers['last-modified'],
      age: '60',
      'cache-control': 'private, no-cache',
    });
    for (const tag of ['*', `"x", W/${String(page.headers.etag)}`])
      expect(await tagged('sales', tag)).toMatchObject({ status: 304 });
    expect(await tagged('sales', '"1"')).toMatchObject({ status: 200 });
  });

  it('is answered anew for another page, version or question, and as another caller', async () => {
    await publish('planned', '1', 150);
    const first = await get('planned');
    const { etag } = first.headers;
    const asked = queries.map((query) => ({ ...query, question: 'Otherwise?' }));
    const headers = { 'if-none-match': String(etag) };

    expect(await tagged('planned', etag, `cursor=${first.body.cursor}`)).toMatchObject({ status: 200 });
    expect(await tagged('planned', etag, '', person('other', 'staff'))).toMatchObject({ status: 200 });
    expect(
      await call(harness.api({ queries: asked }), { path: '/insights/planned', headers, claims: staff }),
    ).toMatchObject({ status: 200, body: { question: 'Otherwise?' } });
    await publish('planned', '2', 150);
    expect(await tagged('planned', etag)).toMatchObject({ status: 200, body: { version: '2' } });
  });
});

describe('who may read an insight', () => {
  it.each<[string, object, string[]]>([
    ['staff', staff, ['sales', 'small', 'open', 'planned']],
    ['a machine with the scope', machine, ['small', 'open']],
    ['anybody', ann, ['open']],
    ['a machine without it', { ...machine, scope: 'tailrace/orders.read' }, ['open']],
    ['who only calls themselves so', { ...ann, scope: 'insights.read', groups: '[staff]' }, ['open']],
  ])('is what it is published to: %s', async (_who, claims, names) => {
    const listed = await send({ path: '/insights', claims: { ...claims } });

    expect(listed.status).toBe(200);
    expect(listed.body.items.map(({ name }: { name: string }) => name)).toEqual(names);
    for (const { name } of queries) {
      const { status } = await get(name, '', claims);
      expect([name, status]).toEqual([name, names.includes(name) ? 200 : 404]);
    }
  });

  it('is told of it what it answers and how its rows are told apart', async () => {
    expect((await send({ path: '/insights', claims: ann })).body).toEqual({
      items: [{ name: 'open', question: 'What is open?', refresh: 'every', key: ['n'] }],
    });
  });

  it('is whoever has a token with a subject', async () => {
    for (const path of ['/insights', '/insights/open', '/insights/nothing']) {
      expect(await send({ path, anonymous: true })).toMatchObject({ status: 401 });
      expect(await send({ path, claims: { 'cognito:groups': '[staff]' } })).toMatchObject({ status: 401 });
    }
  });

  it('cannot tell what is unknown, what is another’s and what is not built from the answer', async () => {
    const unbuilt = [...queries, martOf('unbuilt')];
    const api = harness.api({ queries: unbuilt });
    const answers = await Promise.all([
      call(api, { path: '/insights/unbuilt', claims: staff }),
      ...['nothing', 'sales', 'inner', 'head', 'sales%231', 'sales#1', '__proto__', 'SALES', '%E0%A4%A'].map(
        (name) => call(api, { path: `/insights/${name}`, query: 'cursor=x&y=1', claims: ann }),
      ),
    ]);

    const told = answers.map(({ status, headers, body }) => ({
      status,
      headers: { ...headers, 'x-request-id': '' },
      body: { ...body, instance: '', requestId: '' },
    }));
    expect(told[0]).toMatchObject(notFound);
    expect(new Set(told.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('is the same for what a name that is not theirs costs: nothing', async () => {
    harness.reports.length = 0;
    await get('sales', '', ann);
    await get('nothing', '', ann);

    expect(harness.reports.map(({ capacityUnits, route }) => [route, capacityUnits])).toEqual([
      ['/insights/{name}', 0],
      ['/insights/{name}', 0],
    ]);
  });

  it('may stop from one page to the next', async () => {
    const page = await get('sales');
    const { sub } = staff;

    expect(await follow('sales', page, person(sub, 'customer'))).toMatchObject(notFound);
  });
});

describe('a cursor', () => {
  it('goes on in its version when another is current', async () => {
    await publish('planned', '5', 250);
    const first = await get('planned');
    await publish('planned', '6', 120);
    const rest = [await follow('planned', first)];
    rest.push(await follow('planned', rest[0] as Received));

    expect([first, ...rest].flatMap(numbers)).toHaveLength(250);
    expect(new Set([first, ...rest].flatMap(versions))).toEqual(new Set(['5']));
    expect(rest.map(({ body }) => [body.version, body.rows])).toEqual([
      ['5', 250],
      ['5', 250],
    ]);
    expect(versions(await get('planned'))).toEqual(['6']);
  });

  it('goes on for a day after its version is the current one no more', async () => {
    await publish('planned', '7', 150);
    const first = await get('planned');
    await publish('planned', '8', 150);
    const at = (ms: number) =>
      sendAt(
        { path: '/insights/planned', query: `cursor=${first.body.cursor}`, claims: staff },
        new Date(NOW.getTime() + ms),
      );

    expect(await at(DAY_MS)).toMatchObject({ status: 200, body: { version: '7' } });
    expect(await at(DAY_MS + 1000)).toMatchObject({
      ...badCursor,
      body: { detail: 'The version this cursor is of is gone. Start without a cursor.' },
    });
  });

  it('of the current version goes on for ever', async () => {
    const first = await get('sales');
    const sent = { path: '/insights/sales', query: `cursor=${first.body.cursor}`, claims: staff };

    expect(await sendAt(sent, new Date(NOW.getTime() + 1000 * DAY_MS))).toMatchObject({ status: 200 });
  });

  it('is of one insight and one caller, and not to be changed', async () => {
    await publish('small', '2', 150);
    const first = await get('sales');
    const { cursor } = first.body as { cursor: string };
    const forged = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from(JSON.stringify([{ version: '1', rows: 9, pages: 9, builtAt: BUILT_AT }, 1])),
    ]).toString('base64url');

    expect(await follow('small', first)).toMatchObject(badCursor);
    expect(await follow('sales', first, person('other', 'staff'))).toMatchObject(badCursor);
    for (const changed of ['', 'x', `${cursor}A`, `A${cursor.slice(1)}`, cursor.slice(0, -2), forged])
      expect(await get('sales', `cursor=${changed}`)).toMatchObject({
        ...badCursor,
        body: { errors: [{ parameter: 'cursor' }] },
      });
  });

  it('of a list of records leads nowhere here, and none from here there', async () => {
    const json = { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 };
    for (const _ of [1, 2]) await send({ method: 'POST', path: '/products', json });
    const products = (query: string) =>
      send({ path: '/products', query: `category=home${query}`, claims: staff });
    const page = await products('&limit=1');

    expect(await follow('sales', page)).toMatchObject(badCursor);
    expect(await products(`&cursor=${(await get('sales')).body.cursor}`)).toMatchObject(badCursor);
  });

  it('leads nowhere when its pages are gone', async () => {
    const page = await get('sales');
    const empty = { ...dynamoStore(harness.client), get: async () => undefined };
    const api = harness.api({ store: empty });
    const sent = { path: '/insights/sales', query: `cursor=${page.body.cursor}`, claims: staff };

    expect(await call(api, sent)).toMatchObject(badCursor);
  });
});

describe('a request', () => {
  it.each([
    ['sales', 'limit=1', 'limit'],
    ['sales', 'cursor=a&cursor=b', 'cursor'],
  ])('for %s?%s is told what is wrong with it', async (name, query, parameter) => {
    expect(await get(name, query)).toMatchObject({
      status: 400,
      body: { type: 'urn:tailrace:problem:validation-failed', errors: [{ parameter }] },
    });
  });

  it('for the list takes no parameter', async () => {
    expect(await send({ path: '/insights', query: 'limit=1', claims: staff })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'limit' }] },
    });
  });

  it('that API Gateway matched has the name decoded', async () => {
    const event = { routeKey: 'GET /insights/{name}', pathParameters: { name: 'small' } };

    expect(await send({ path: '/elsewhere', claims: staff, event })).toMatchObject({ status: 200 });
  });

  it('is not for what the publisher keeps beside the answers', async () => {
    const store = insightStore(harness.client);
    const ledger = await store.get({ TableName: harness.names.insights, Key: ledgerKey('sales') });

    expect(ledger).toBeDefined();
    for (const name of ['versions', 'sales/versions', 'sales%2Fversions'])
      expect((await get(name)).status).toBe(404);
  });
});
