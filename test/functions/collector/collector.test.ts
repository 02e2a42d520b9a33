import { describe, expect, test } from 'vitest';
import { callerOf, type Caller } from '../../../core/access/caller.ts';
import type { ProblemError } from '../../../core/http/problem.ts';
import { event as declareEvent, id, z, type Event } from '../../../core/schema/index.ts';
import { createCollector } from '../../../functions/collector/collect.ts';
import { cartUpdated } from '../../../schemas/cart_updated.ts';
import { productViewed } from '../../../schemas/product_viewed.ts';
import { memoryKeys } from '../shared/subject-keys/memory-keys.ts';
import {
  fakeFirehose,
  instantPatience,
  throttled,
  type Behaviour,
} from '../shared/firehose/fake-firehose.ts';

const viewed = (changes: Record<string, unknown> = {}) => ({
  type: 'product_viewed',
  data: { productId: 'p1', sessionId: 's1' },
  ...changes,
});

const customer = callerOf({ sub: 'customer-1', 'cognito:groups': '[customer]' })!;

const setUp = (
  behave?: Behaviour,
  events: readonly Event[] = [productViewed, cartUpdated],
  caller: Caller = customer,
) => {
  const firehose = fakeFirehose(behave);
  const keys = memoryKeys();
  const keyless: { error?: Error } = {};
  let made = 0;
  const collect = createCollector('dev', events, {
    putBatch: firehose.putBatch,
    readKeys: (subjects) => (keyless.error ? Promise.reject(keyless.error) : keys.readKeys(subjects)),
    now: () => new Date('2026-11-22T13:00:00.500Z'),
    newId: () => {
      made += 1;
      return `made-${made}`;
    },
  });
  const post = (body: unknown) =>
    collect({
      body: typeof body === 'string' ? body : JSON.stringify(body),
      caller,
      patience: instantPatience(),
    });
  const problemOf = async (body: unknown): Promise<ProblemError> => {
    const thrown: unknown = await post(body).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'ProblemError' });
    return thrown as ProblemError;
  };
  const rows = () => firehose.taken.map(({ row }) => JSON.parse(row) as Record<string, unknown>);
  return { ...firehose, post, problemOf, rows, keys, keyless };
};

describe('events of others', () => {
  const secret = declareEvent({ name: 'audited', description: 'Staff looked', fields: { what: z.string() } });

  test('are refused by name, and with them the whole request', async () => {
    const { problemOf, taken } = setUp(undefined, [productViewed, secret]);

    const problem = await problemOf({ events: [viewed(), { type: 'audited', data: { what: 'x' } }] });

    expect(problem).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/events/1' }] });
    expect(problem.errors?.[0]?.message).toContain('group:staff');
    expect(taken).toEqual([]);
  });

  test('are taken from whom the schema names', async () => {
    const staff = callerOf({ sub: 's', 'cognito:groups': '[staff]' })!;
    const { post } = setUp(undefined, [secret], staff);

    expect(await post({ events: [{ type: 'audited', data: { what: 'x' } }] })).toMatchObject({ accepted: 1 });
  });
});

describe('events that are right', () => {
  test('become rows with what the request says of them', async () => {
    const { post, rows } = setUp();

    const collected = await post({
      events: [viewed({ id: 'e1', time: '2026-11-22T12:00:00+01:00' }), viewed()],
    });

    expect(collected.accepted).toBe(2);
    expect(rows()).toEqual([
      {
        event_id: 'e1',
        event_time: '2026-11-22 11:00:00.000',
        event_received_at: '2026-11-22 13:00:00.500',
        event_schema_version: 1,
        event_subject: 'customer-1',
        product_id: 'p1',
        session_id: 's1',
      },
      expect.objectContaining({ event_id: 'made-1', event_time: '2026-11-22 13:00:00.500' }),
    ]);
  });

  test('go packed to the stream of their type', async () => {
    const cart = {
      type: 'cart_updated',
      data: { sessionId: 's1', items: [{ productId: 'p1', quantity: 2 }] },
    };
    const { post, calls } = setUp();

    await post({ events: [viewed(), cart, viewed()] });

    expect(calls.map(({ stream, data }) => [stream, data.length])).toEqual([
      ['tailrace-dev-product_viewed', 1],
      ['tailrace-dev-cart_updated', 1],
    ]);
  });

  test('may be 500 in one request', async () => {
    const { post } = setUp();

    expect(await post({ events: Array.from({ length: 500 }, () => viewed()) })).toMatchObject({
      accepted: 500,
    });
  });
});

describe('personal values of events', () => {
  const asked = declareEvent({
    name: 'asked',
    description: 'Somebody asked us something',
    access: { create: ['authenticated'] },
    subject: 'personId',
    fields: {
      personId: id().optional(),
      words: z.string().meta({ personal: true }),
      bornOn: z.iso.date().meta({ personal: { lake: 'year' } }),
      phone: z
        .string()
        .optional()
        .meta({ personal: { lake: 'drop' } }),
      topic: z.string(),
    },
  });
  const data = {
    personId: 'c1',
    words: 'Where is my order?',
    bornOn: '1984-05-17',
    phone: '1',
    topic: 'post',
  };

  test('arrive as the schema says, under the key of whose they are', async () => {
    const { post, rows, keys } = setUp(undefined, [asked]);

    await post({ events: [{ type: 'asked', data }] });

    const [row] = rows();
    expect(row).toMatchObject({ person_id: 'c1', born_on: '1984-01-01', topic: 'post' });
    expect(row).not.toHaveProperty('phone');
    expect(keys.open(row!.words)).toBe('Where is my order?');
    expect(keys.subjects()).toEqual(['c1']);
  });

  test('of nobody are not sealed, and so do not arrive', async () => {
    const { post, rows, keys } = setUp(undefined, [asked]);

    await post({ events: [{ type: 'asked', data: { ...data, personId: undefined } }] });

    expect(rows()).toMatchObject([{ words: null, born_on: '1984-01-01', topic: 'post' }]);
    expect(keys.subjects()).toEqual([]);
  });

  test('of somebody who was erased arrive as null', async () => {
    const { post, rows, keys } = setUp(undefined, [asked]);
    keys.erase('c1');

    await post({ events: [{ type: 'asked', data }] });

    expect(rows()).toMatchObject([{ person_id: 'c1', words: null, born_on: null, topic: 'post' }]);
  });

  test('are not taken while keys cannot be read', async () => {
    const { problemOf, calls, keyless } = setUp(undefined, [asked]);
    keyless.error = new Error('throttled');

    expect(await problemOf({ events: [{ type: 'asked', data }] })).toMatchObject({ code: 'unavailable' });
    expect(calls).toEqual([]);
  });
});

describe('a request that is wrong in one place', () => {
  test.each<[string, unknown, string]>([
    [
      'a field of another type',
      viewed({ data: { productId: 7, sessionId: 's1' } }),
      '/events/1/data/productId',
    ],
    ['a missing field', viewed({ data: { productId: 'p1' } }), '/events/1/data/sessionId'],
    ['an unknown field', viewed({ data: { productId: 'p1', sessionId: 's1', x: 1 } }), '/events/1/data/x'],
    ['no data', { type: 'product_viewed' }, '/events/1/data'],
    ['an unknown type', viewed({ type: 'nothing' }), '/events/1/type'],
    ['a type every object has', viewed({ type: 'constructor' }), '/events/1/type'],
    ['a wrong id', viewed({ id: 'a/b' }), '/events/1/id'],
    ['a wrong time', viewed({ time: 'now' }), '/events/1/time'],
    ['an unknown member', viewed({ colour: 'red' }), '/events/1/colour'],
    ['no event', 7, '/events/1'],
  ])('%s: nothing is sent and the place is named', async (_, event, pointer) => {
    const { problemOf, calls } = setUp();

    const problem = await problemOf({ events: [viewed(), event] });

    expect(problem.code).toBe('validation-failed');
    expect(problem.errors).toMatchObject([{ pointer }]);
    expect(calls).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['no events', { events: [] }, '/events'],
    ['501 events', { events: Array.from({ length: 501 }, () => viewed()) }, '/events'],
    ['no list', { event: viewed() }, '/events'],
    ['a list alone', [viewed()], ''],
  ])('%s', async (_, body, pointer) => {
    const { problemOf } = setUp();

    const problem = await problemOf(body);

    expect(problem.code).toBe('validation-failed');
    expect(problem.errors?.[0]).toMatchObject({ pointer });
  });

  test('text that is no JSON', async () => {
    const { problemOf } = setUp();

    expect(await problemOf('{"events":[')).toMatchObject({ code: 'malformed-json' });
  });

  test('a thousand mistakes are counted, and the first hundred named', async () => {
    const { problemOf } = setUp();

    const problem = await problemOf({ events: Array.from({ length: 500 }, () => viewed({ data: {} })) });

    expect(problem.message).toContain('1000 things');
    expect(problem.errors).toHaveLength(100);
  });
});

test('when Firehose does not take everything the client is told to send again', async () => {
  const { problemOf } = setUp(() => throttled());

  const problem = await problemOf({ events: [viewed({ id: 'e1' })] });

  expect(problem).toMatchObject({ code: 'unavailable', headers: { 'retry-after': '5' } });
  expect(problem.message).toContain('same ids');
});

test('what Firehose did not take at first is sent again, alone', async () => {
  const turns = [[0], []];
  const { post, rows } = setUp(() => turns.shift() ?? []);

  await post({ events: [viewed({ id: 'e1' })] });

  expect(rows().map((row) => row.event_id)).toEqual(['e1']);
});
