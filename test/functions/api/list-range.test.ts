import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal, entity, timestamp, z } from '../../../core/schema/index.ts';
import { call, startHarness, type Harness } from './harness.ts';

const visit = entity({
  name: 'visit',
  description: 'Somebody came',
  fields: {
    place: z.string().min(1),
    at: timestamp(),
    day: z.iso.date(),
    count: z.int(),
    who: z.string().min(1),
    price: decimal(9, 2),
    note: z.string().optional(),
  },
  indexes: {
    byTime: ['place', 'at'],
    byDay: ['place', 'day'],
    byCount: ['place', 'count'],
    byWho: ['place', 'who'],
    byPrice: ['place', 'price'],
  },
});

const TIMES = [
  '2026-10-31T23:59:59.999Z',
  '2026-11-01T00:00:00.000Z',
  '2026-11-30T23:59:59.999Z',
  '2026-12-01T00:00:00.000Z',
];
const DAYS = ['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'];
const WHO = ['a', 'aa', 'ab', 'b'];

let harness: Harness;
const list = (parameters: Record<string, string>) =>
  harness.send({ path: '/visits', query: new URLSearchParams({ place: 'hall', ...parameters }).toString() });
const found = async (parameters: Record<string, string>) =>
  ((await list(parameters)).body.items as { count: number }[]).map(({ count }) => count);

beforeAll(async () => {
  harness = await startHarness([visit]);
  for (const [count, at] of TIMES.entries()) {
    const json = { place: 'hall', at, day: DAYS[count], count, who: WHO[count], price: '1.00', note: 'n' };
    await harness.send({ method: 'POST', path: '/visits', json });
  }
});
afterAll(() => harness.close());

describe('a range', () => {
  it.each([
    [{ 'at[gte]': '2026-11' }, [1, 2, 3]],
    [{ 'at[gt]': '2026-11' }, [2, 3]],
    [{ 'at[lt]': '2026-12' }, [0, 1, 2]],
    [{ 'at[lte]': '2026-12' }, [0, 1, 2, 3]],
    [{ 'at[gte]': '2026-11', 'at[lt]': '2026-12' }, [1, 2]],
    [{ 'at[gt]': '2026-11-01T01:00:00+01:00', 'at[lte]': '2026-12-01' }, [2, 3]],
    [{ 'at[gte]': '2026-11', 'at[lt]': '2026-12', order: 'desc' }, [2, 1]],
    [{ 'at[prefix]': '2026-11' }, [1, 2]],
    [{ 'day[gte]': '2026-11', 'day[lt]': '2026-12' }, [1, 2]],
    [{ 'day[gt]': '2026-11-01', 'day[lte]': '2026-12-01' }, [2, 3]],
    [{ 'count[gt]': '0', 'count[lt]': '3' }, [1, 2]],
    [{ 'count[gte]': '2' }, [2, 3]],
    [{ 'who[prefix]': 'a' }, [0, 1, 2]],
    [{ 'who[gt]': 'a', 'who[lte]': 'ab' }, [1, 2]],
    [{ 'who[gte]': 'aa', 'who[lte]': 'ab' }, [1, 2]],
    [{ 'who[lt]': 'b' }, [0, 1, 2]],
  ])('of %j', async (parameters, expected) => {
    expect(await found(parameters as Record<string, string>)).toEqual(expected);
  });

  it('finds what comparing in memory finds', async () => {
    const bound = fc.option(fc.integer({ min: -1, max: 5 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(bound, bound, fc.boolean(), fc.boolean(), async (low, high, isOpen, isShut) => {
        const parameters = {
          ...(low === undefined ? {} : { [isOpen ? 'count[gt]' : 'count[gte]']: String(low) }),
          ...(high === undefined ? {} : { [isShut ? 'count[lt]' : 'count[lte]']: String(high) }),
        };
        const expected = [0, 1, 2, 3].filter(
          (count) =>
            (low === undefined || (isOpen ? count > low : count >= low)) &&
            (high === undefined || (isShut ? count < high : count <= high)),
        );
        const { status, body } = await list(parameters);
        const seen = status === 400 ? [] : body.items.map((item: { count: number }) => item.count);

        expect(seen).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ 'place[gte]': 'a' }, 'place[gte]'],
    [{ 'count[prefix]': '1' }, 'count[prefix]'],
    [{ 'price[gte]': '1.00' }, 'price[gte]'],
    [{ 'count[gte]': 'one' }, 'count[gte]'],
    [{ 'at[gte]': 'noon' }, 'at[gte]'],
    [{ 'count[near]': '1' }, 'count[near]'],
    [{ 'count[gte]': '1', 'count[gt]': '1' }, 'count[gt]'],
    [{ 'count[gte]': '3', 'count[lte]': '1' }, 'count[lte]'],
    [{ 'who[gte]': 'a', 'who[lt]': 'b' }, 'who[lt]'],
    [{ 'who[prefix]': '' }, 'who[prefix]'],
    [{ 'who[prefix]': 'x'.repeat(1025) }, 'who[prefix]'],
    [{ count: '1', 'count[gte]': '1' }, 'count[gte]'],
  ])('is refused by name: %j', async (parameters, parameter) => {
    expect(await list(parameters as Record<string, string>)).toMatchObject({
      status: 400,
      body: { type: 'urn:tailrace:problem:validation-failed', errors: [{ parameter }] },
    });
  });

  it('that no index serves names the index to declare', async () => {
    const { body } = await harness.send({ path: '/visits', query: 'who=a&count[gte]=1' });

    expect(body).toMatchObject({ type: 'urn:tailrace:problem:no-index' });
    expect(body.detail).toContain("byWhoAndCount: ['who', 'count'] of visit");
  });
});

describe('fields', () => {
  it('are those asked for, from the table already', async () => {
    const { body } = await list({ fields: 'count,who', limit: '2', 'count[gte]': '0' });

    expect(body.items).toEqual([
      { count: 0, who: 'a' },
      { count: 1, who: 'aa' },
    ]);
    expect((await list({ fields: 'note', 'count[gte]': '2', cursor: '' })).status).toBe(400);
  });

  it('may change from page to page', async () => {
    const first = await list({ fields: 'count', limit: '2', 'count[gte]': '0' });
    const next = await list({ fields: 'who', limit: '1', 'count[gte]': '0', cursor: first.body.cursor });

    expect(next.body.items).toEqual([{ who: 'ab' }]);
  });

  it('that are none are named', async () => {
    expect(await list({ fields: 'count,colour' })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'fields', message: /"colour".*Known are id, place/ }] },
    });
  });
});

describe('a cursor', () => {
  it('is of its caller alone', async () => {
    const claims = (sub: string) => ({ sub, 'cognito:groups': '[staff]' });
    const page = (sub: string, cursor = '') =>
      harness.send({
        path: '/visits',
        query: `place=hall&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
        claims: claims(sub),
      });
    const { body } = await page('u1');

    expect(await page('u1', body.cursor)).toMatchObject({ status: 200 });
    expect(await page('u2', body.cursor)).toMatchObject({
      status: 400,
      body: { type: 'urn:tailrace:problem:bad-cursor' },
    });
  });

  it('that has one bit changed is none', async () => {
    const { body } = await list({ limit: '1' });
    const bytes = Buffer.from(body.cursor, 'base64url');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));

        expect(await list({ limit: '1', cursor: changed.toString('base64url') })).toMatchObject({
          status: 400,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('signed with another secret is none', async () => {
    const { body } = await list({ limit: '1' });
    const other = harness.api({ cursorKey: async () => new Uint8Array(32) });
    const query = `place=hall&limit=1&cursor=${body.cursor}`;

    expect(await call(other, { path: '/visits', query })).toMatchObject({ status: 400 });
  });
});
