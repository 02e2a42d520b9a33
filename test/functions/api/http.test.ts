import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestReport } from '../../../functions/shared/observe.ts';
import { ProblemError } from '../../../core/http/problem.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { schemas } from '../../../schemas/index.ts';
import { call, startHarness, type Harness } from './harness.ts';

let harness: Harness;
const product = { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 };
const problemUri = (code: string) => ({ type: `urn:tailrace:problem:${code}` });
const post = (parts: object) => harness.send({ method: 'POST', path: '/products', ...parts });
const jsonType = { 'content-type': 'application/json' };

/** The API over a store that cannot read. */
const failing = (error: Error) => {
  const get = async () => {
    throw error;
  };
  const reports: RequestReport[] = [];
  const store = { ...dynamoStore(harness.client), get };
  const api = harness.api({ store, observe: (report) => reports.push(report) });
  return { reports, answer: call(api, { path: '/products/p1' }) };
};

beforeAll(async () => {
  harness = await startHarness(schemas);
});
afterAll(() => harness.close());

describe('a body', () => {
  it.each([
    ['nothing', { headers: jsonType }],
    ['half an object', { headers: jsonType, body: '{"name": ' }],
    ['NaN', { headers: jsonType, body: '{"stock": NaN}' }],
    [
      'no UTF-8',
      { headers: jsonType, body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), base64: true },
    ],
    ['half a character', { headers: jsonType, body: '{"name": "\\ud800"}' }],
  ])('of %s is malformed', async (_what, sent) => {
    expect(await post(sent)).toMatchObject({ status: 400, body: problemUri('malformed-json') });
  });

  it.each([
    ['no type', {}],
    ['the type curl -d sends', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another character set', { 'content-type': 'application/json; charset=iso-8859-1' }],
  ])('with %s is refused with the cure', async (_what, headers) => {
    const { status, body } = await post({ body: JSON.stringify(product), headers });

    expect(status).toBe(415);
    expect(body).toMatchObject(problemUri('unsupported-media-type'));
    expect(body.detail).toContain('content-type: application/json');
  });

  it.each([
    [
      'a character set',
      { headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(product) },
    ],
    [
      'base64',
      { headers: jsonType, body: Buffer.from(JSON.stringify(product)).toString('base64'), base64: true },
    ],
    [
      'surrogate pairs',
      { headers: jsonType, body: JSON.stringify(product).replace('Lamp', '\\ud83d\\ude00') },
    ],
  ])('with %s is taken', async (_what, sent) => {
    expect(await post(sent)).toMatchObject({ status: 201 });
  });

  it.each([
    ['an array', '[]', ['']],
    ['null', 'null', ['']],
    ['a prototype', '{"__proto__": {"stock": 1}, "constructor": 1}', ['/__proto__', '/constructor']],
    ['a deep nest', `{"deep": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ['/deep']],
  ])('that is %s is not valid, whether created or patched', async (_what, body, pointers) => {
    const { headers } = await post({ json: product });
    for (const sent of [{}, { method: 'PATCH', path: headers.location as string }]) {
      const answer = await post({ headers: jsonType, body, ...sent });

      expect(answer.status).toBe(400);
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
        expect.arrayContaining(pointers),
      );
    }
  });

  it('past a megabyte is too large', async () => {
    expect(await post({ json: { ...product, name: 'x'.repeat(2 ** 20) } })).toMatchObject({
      status: 413,
      body: problemUri('too-large'),
    });
  });

  it('with very many mistakes gets an answer of bearable size', async () => {
    const { status, text = '' } = await post({
      json: { ...product, tags: Array.from({ length: 50_000 }, () => 1) },
    });

    expect(status).toBe(400);
    expect(text.length).toBeLessThan(50_000);
  });
});

describe('a route', () => {
  it.each(['/', '/nothing', '/orders/a/b', '/products//', '/%E0%A4%A', '/__proto__'])(
    'that is not there is named so: %s',
    async (path) => {
      expect(await harness.send({ path })).toMatchObject({ status: 404, body: problemUri('no-such-route') });
    },
  );

  it.each([
    ['PUT', '/products', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/products/x', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['DELETE', '/health', 'GET, HEAD, OPTIONS'],
    ['GET', '/events', 'OPTIONS, POST'],
  ])('does not take %s %s', async (method, path, allow) => {
    const { status, headers, body } = await harness.send({ method, path });

    expect(status).toBe(405);
    expect(String(headers.allow).split(', ').toSorted().join(', ')).toBe(allow);
    expect(body).toMatchObject(problemUri('method-not-allowed'));
  });

  it.each([
    ['/products', 'GET, HEAD, OPTIONS, POST'],
    ['/products/x', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/events', 'OPTIONS, POST'],
  ])('says what it takes to OPTIONS, with or without a token: %s', async (path, allow) => {
    for (const anonymous of [true, false]) {
      const { status, headers, text } = await harness.send({ method: 'OPTIONS', path, anonymous });

      expect([status, text]).toEqual([204, undefined]);
      expect(String(headers.allow).split(', ').toSorted().join(', ')).toBe(allow);
    }
    expect(await harness.send({ method: 'OPTIONS', path: '/nothing' })).toMatchObject({ status: 404 });
  });

  it('is the same with a slash at its end', async () => {
    const { headers, body } = await harness.send({ method: 'POST', path: '/products/', json: product });

    expect(await harness.send({ path: `${headers.location as string}/` })).toMatchObject({
      status: 200,
      body,
    });
  });

  it('answers HEAD like GET, without a body', async () => {
    const { headers } = await post({ json: product });
    const path = headers.location as string;
    const [get, head] = [await harness.send({ path }), await harness.send({ path, method: 'HEAD' })];

    expect(head).toMatchObject({ status: 200, text: undefined, headers: { etag: '"1"' } });
    expect(Object.keys(head.headers)).toEqual(Object.keys(get.headers));
  });

  it('that API Gateway matched gives the key decoded', async () => {
    const { body } = await post({ json: product });
    const event = { routeKey: 'GET /products/{id}', pathParameters: { id: body.id } };

    expect(await harness.send({ path: '/anything', event })).toMatchObject({ status: 200, body });
  });

  it.each(['..', '%2e%2e', 'a%20b', 'x'.repeat(4000)])(
    'finds no record by an impossible key: %s',
    async (key) => {
      expect(await harness.send({ path: `/products/${key}` })).toMatchObject({
        status: 404,
        body: problemUri('not-found'),
      });
    },
  );
});

describe('a request that no authorizer has seen', () => {
  it.each([
    ['POST', '/products'],
    ['GET', '/products'],
    ['GET', '/products/x'],
    ['HEAD', '/products/x'],
    ['PATCH', '/products/x'],
    ['DELETE', '/products/x'],
  ])('is refused for records: %s %s', async (method, path) => {
    const { status, headers } = await harness.send({ method, path, json: product, anonymous: true });

    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer' });
  });

  it('is sent to the route that has one when there is a slash too many', async () => {
    expect(await harness.send({ path: '/products/', query: 'category=home', anonymous: true })).toMatchObject(
      {
        status: 308,
        headers: { location: '/products?category=home' },
      },
    );
  });

  it.each(['/health', '/openapi.json', '/docs'])('is answered for %s', async (path) => {
    expect(await harness.send({ path, anonymous: true })).toMatchObject({ status: 200 });
  });
});

describe('the service', () => {
  it('says that it is well', async () => {
    expect(await harness.send({ path: '/health' })).toMatchObject({
      status: 200,
      body: { status: 'ok', version: '1.2.3' },
    });
  });

  it.each([
    ['https://api.test', {}],
    ['http://localhost:3000', { host: 'localhost:3000', 'x-forwarded-proto': 'http' }],
    ['https://api.test', { host: 'evil"><script>' }],
  ])('describes itself at %s', async (url, headers) => {
    const { status, body } = await harness.send({ path: '/openapi.json', headers });

    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url }] });
  });
});

describe('a fault', () => {
  it('of ours is told without its inside, and logged with it', async () => {
    const error = new Error('secret inside');
    const { answer, reports } = failing(error);
    const { status, text, headers } = await answer;

    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(reports).toMatchObject([
      { status: 500, problem: 'internal', fault: error, route: '/products/{id}' },
    ]);
  });

  it('of a busy database asks to come again', async () => {
    const busy = new ProblemError('unavailable', 'Busy', { headers: { 'retry-after': '1' } });

    expect(await failing(busy).answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
});

describe('a report', () => {
  it('names the template of the route, never the path, the query or the token', async () => {
    harness.reports.length = 0;
    await harness.send({
      path: '/customers',
      query: 'email=ada@example.com',
      headers: { authorization: 'Bearer secret' },
    });
    await harness.send({ path: '/customers/c1' });

    expect(harness.reports).toMatchObject([
      { method: 'GET', route: '/customers', status: 200, latencyMs: expect.any(Number) },
      { method: 'GET', route: '/customers/{id}', status: 404, problem: 'not-found' },
    ]);
    expect(JSON.stringify(harness.reports)).not.toMatch(/ada|secret|c1/);
  });
});
