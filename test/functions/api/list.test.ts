import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, z } from '../../../core/schema/index.ts';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness } from './harness.ts';

const reading = entity({
  name: 'reading',
  description: 'What a sensor saw',
  key: ['sensor', 'at'],
  fields: {
    sensor: z.string().min(1),
    at: z.int(),
    value: z.number(),
    room: z.string().min(1).optional(),
    note: z.string().optional(),
  },
  indexes: { byRoom: ['room', 'at'] },
});

let harness: Harness;
const list = (path: string, parameters: Record<string, string> = {}) =>
  harness.send({ path, query: new URLSearchParams(parameters).toString() });
const post = (json: object) => harness.send({ method: 'POST', path: '/readings', json });
const times = ({ body }: { body: { items: { at: number }[] } }) => body.items.map(({ at }) => at);
const event = (method: string, at = '1') => ({
  routeKey: `${method} /readings/{sensor}/{at}`,
  pathParameters: { sensor: 'a b/c', at },
});

beforeAll(async () => {
  harness = await startHarness([...schemas, reading]);
  for (const at of [1, 2, 3, 4, 5]) await post({ sensor: 'a b/c', at, value: at / 2, room: 'hall' });
  await post({ sensor: 'other', at: 1, value: 0 });
});
afterAll(() => harness.close());

describe('list', () => {
  it('asks the table by its partition key, in order of the sort key', async () => {
    expect(times(await list('/readings', { sensor: 'a b/c' }))).toEqual([1, 2, 3, 4, 5]);
    expect(times(await list('/readings', { sensor: 'a b/c', order: 'desc' }))).toEqual([5, 4, 3, 2, 1]);
    expect(times(await list('/readings', { sensor: 'a b/c', at: '3' }))).toEqual([3]);
    expect(times(await list('/readings', { sensor: 'nobody' }))).toEqual([]);
  });

  it('asks an index by its fields', async () => {
    expect(times(await list('/readings', { room: 'hall' }))).toEqual([1, 2, 3, 4, 5]);
    expect(times(await list('/readings', { room: 'hall', at: '2' }))).toEqual([2]);
  });

  it('goes on where it stopped, each record once', async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list('/readings', { room: 'hall', limit: '2', ...(cursor ? { cursor } : {}) });
      seen.push(...times(page));
      cursor = page.body.cursor;
    } while (cursor);

    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('has no cursor where a whole key says which record it is', async () => {
    const { body } = await harness.send({
      method: 'POST',
      path: '/customers',
      json: { email: 'one@example.com', name: 'One' },
    });
    const [one, other] = [
      await list('/customers', { id: body.id, limit: '1' }),
      await list('/readings', { sensor: 'a b/c', at: '3', limit: '1' }),
    ];

    expect(one.body).toEqual({ items: [body] });
    expect(other.body).toEqual({ items: [expect.objectContaining({ at: 3 })] });
  });

  it('takes no cursor of another list, and none that was changed', async () => {
    const { body } = await list('/readings', { sensor: 'a b/c', limit: '2' });
    const foreign: Record<string, string>[] = [
      { sensor: 'other', cursor: body.cursor },
      { room: 'hall', cursor: body.cursor },
      { sensor: 'a b/c', order: 'desc', cursor: body.cursor },
      { sensor: 'a b/c', cursor: `${body.cursor}A` },
      { sensor: 'a b/c', cursor: `A${body.cursor.slice(1)}` },
      { sensor: 'a b/c', cursor: '' },
      { sensor: 'a b/c', cursor: Buffer.from('["x"]').toString('base64url') },
    ];
    for (const parameters of foreign)
      expect(await list('/readings', parameters)).toMatchObject({
        status: 400,
        body: { type: 'urn:tailrace:problem:bad-cursor', errors: [{ parameter: 'cursor' }] },
      });
  });

  it.each([
    [{ sensor: 'a', colour: 'red' }, 'colour'],
    [{ sensor: 'a', limit: '0' }, 'limit'],
    [{ sensor: 'a', limit: '101' }, 'limit'],
    [{ sensor: 'a', limit: '1e1' }, 'limit'],
    [{ sensor: 'a', order: 'up' }, 'order'],
    [{ sensor: 'a', at: 'noon' }, 'at'],
    [{ sensor: '' }, 'sensor'],
  ])('names the wrong parameter of %j', async (parameters, parameter) => {
    expect(await list('/readings', parameters)).toMatchObject({
      status: 400,
      body: { type: 'urn:tailrace:problem:validation-failed', errors: [{ parameter }] },
    });
  });

  it('names a parameter that is given twice', async () => {
    expect(await harness.send({ path: '/readings', query: 'sensor=a&sensor=b' })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'sensor' }] },
    });
  });

  it.each([{}, { at: '1' }, { value: '1' }, { sensor: 'a', room: 'hall' }])(
    'never scans for %j, and says what would work',
    async (parameters) => {
      const { status, body } = await list('/readings', parameters as Record<string, string>);

      expect(status).toBe(400);
      expect(body.type).toBe('urn:tailrace:problem:no-index');
      expect(body.detail).toContain('sensor (alone or with at), or room (alone or with at)');
    },
  );

  it('finds times by their beginning', async () => {
    const customer = await harness.send({
      method: 'POST',
      path: '/customers',
      json: { email: 'a@example.com', name: 'A' },
    });
    const product = await harness.send({
      method: 'POST',
      path: '/products',
      json: { name: 'Lamp', category: 'home', price: { amount: 1, currency: 'EUR' }, stock: 5 },
    });
    const customerId = customer.body.id;
    const lines = [{ productId: product.body.id, quantity: 1 }];
    const { body } = await harness.send({ method: 'POST', path: '/orders', json: { customerId, lines } });
    const found = async (placedAt: string) => (await list('/orders', { customerId, placedAt })).body.items;

    expect(await found(body.placedAt)).toEqual([body]);
    expect(await found(body.placedAt.slice(0, 7))).toEqual([body]);
    expect(await found('1999-12')).toEqual([]);
    expect(await list('/orders', { customerId, placedAt: 'today' })).toMatchObject({ status: 400 });
    expect(await list('/orders', { status: 'lost' })).toMatchObject({ status: 400 });
  });
});

describe('a key of two fields', () => {
  it('is the path of a record', async () => {
    const { status, headers } = await post({ sensor: 'x y', at: -7, value: 1 });

    expect([status, headers.location]).toEqual([201, '/readings/x%20y/-7']);
    expect(await harness.send({ path: '/readings/x%20y/-7' })).toMatchObject({
      status: 200,
      body: { at: -7 },
    });
    expect(await harness.send({ event: event('GET') })).toMatchObject({ status: 200, body: { value: 0.5 } });
    expect(await harness.send({ event: event('GET', 'one') })).toMatchObject({ status: 404 });
  });

  it('is free, or the record is there already', async () => {
    const sent = { sensor: 'twice', at: 1, value: 1 };
    const answers = await Promise.all([post(sent), post(sent), post(sent)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    expect(await post(sent)).toMatchObject({ body: { type: 'urn:tailrace:problem:already-exists' } });
  });

  it('never changes', async () => {
    const json = { sensor: 'z', value: 3 };
    const answer = await harness.send({ method: 'PATCH', json, event: event('PATCH') });

    expect(answer.body.errors).toMatchObject([{ pointer: '/sensor' }]);
  });
});

describe('what DynamoDB cannot hold', () => {
  it.each([
    ['a key past 2048 bytes', { sensor: 'ä'.repeat(1025), at: 1, value: 1 }, '/sensor'],
    ['an index key past 2048 bytes', { sensor: 's', at: 1, value: 1, room: 'r'.repeat(2049) }, '/room'],
    ['a number past 2^53', { sensor: 's', at: 1, value: 1e20 }, '/value'],
    ['a number next to nothing', { sensor: 's', at: 1, value: 1e-200 }, '/value'],
  ])('is refused by name: %s', async (_what, json, pointer) => {
    expect(await post(json)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('is not looked for', async () => {
    const sensor = 's'.repeat(2049);

    expect(await list('/readings', { sensor })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'sensor' }] },
    });
    expect(await harness.send({ path: `/readings/${sensor}/1` })).toMatchObject({ status: 404 });
  });

  it('is refused by size, whether created or patched', async () => {
    const note = 'n'.repeat(410 * 1024);
    const { headers } = await post({ sensor: 'big', at: 1, value: 1 });
    const patched = await harness.send({ method: 'PATCH', path: headers.location as string, json: { note } });

    expect(patched).toMatchObject({ status: 413, body: { type: 'urn:tailrace:problem:too-large' } });
    expect(await post({ sensor: 'big', at: 2, value: 1, note })).toMatchObject({ status: 413 });
    expect(await list('/readings', { sensor: 'big' })).toMatchObject({ body: { items: [{ version: 1 }] } });
  });
});
