import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderRule } from '../../../functions/api/rules/order.ts';

const now = new Date('2026-11-22T13:00:00.000Z');
const place = (
  prices: Record<string, [amount: number, currency?: string]>,
  lines: [string, number][],
  stock = Number.MAX_SAFE_INTEGER,
) =>
  orderRule.beforeCreate(
    { customerId: 'c1', lines: lines.map(([productId, quantity]) => ({ productId, quantity })) },
    {
      now,
      claims: {},
      read: async (entity, keys) =>
        new Map(
          keys.flatMap((key) => {
            const [amount, currency = 'EUR'] = prices[key] ?? [];
            if (entity === 'customer') return [[key, { id: key }]];
            return amount === undefined ? [] : [[key, { id: key, stock, price: { amount, currency } }]];
          }),
        ),
    },
  );

describe('the rule of an order', () => {
  it('sets what the lines and the whole cost, and when', async () => {
    expect(
      await place({ a: [250], b: [5] }, [
        ['a', 2],
        ['b', 3],
      ]),
    ).toEqual({
      fields: {
        lines: [
          { productId: 'a', quantity: 2, amount: { amount: 500, currency: 'EUR' } },
          { productId: 'b', quantity: 3, amount: { amount: 15, currency: 'EUR' } },
        ],
        total: { amount: 515, currency: 'EUR' },
        placedAt: '2026-11-22T13:00:00.000Z',
      },
      changes: [
        {
          entity: 'product',
          key: 'a',
          add: { stock: -2 },
          while: { price: { amount: 250, currency: 'EUR' } },
        },
        { entity: 'product', key: 'b', add: { stock: -3 }, while: { price: { amount: 5, currency: 'EUR' } } },
      ],
    });
  });

  it('names every line of an unknown product', async () => {
    expect(
      await place({ a: [1] }, [
        ['x', 1],
        ['a', 1],
        ['y', 1],
      ]),
    ).toMatchObject({
      issues: [{ pointer: '/lines/0/productId' }, { pointer: '/lines/2/productId' }],
    });
  });

  it('names every line of another currency', async () => {
    expect(
      await place({ a: [1], b: [1, 'USD'], c: [1, 'JPY'] }, [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ]),
    ).toMatchObject({
      issues: [{ pointer: '/lines/1/productId' }, { pointer: '/lines/2/productId' }],
    });
  });

  it('names every line short of stock, lines of one product together', async () => {
    const order = place(
      { a: [1], b: [1] },
      [
        ['a', 3],
        ['b', 5],
        ['a', 3],
      ],
      5,
    );

    await expect(order).rejects.toMatchObject({
      code: 'out-of-stock',
      errors: [
        { pointer: '/lines/0', message: 'Wanted 6, available 5' },
        { pointer: '/lines/2', message: 'Wanted 6, available 5' },
      ],
    });
  });

  it('adds up to the cent, or refuses', async () => {
    const anyLines = fc.array(fc.tuple(fc.maxSafeNat(), fc.integer({ min: 1, max: 10_000 })), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(anyLines, async (pairs) => {
        const prices = Object.fromEntries(pairs.map(([price], index) => [`p${index}`, [price]])) as never;
        const verdict = await place(
          prices,
          pairs.map(([, quantity], index) => [`p${index}`, quantity]),
        );
        const exact = pairs.reduce((sum, [price, quantity]) => sum + BigInt(price) * BigInt(quantity), 0n);

        const isExact = exact <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(verdict.fields?.total).toEqual(
          isExact ? { amount: Number(exact), currency: 'EUR' } : undefined,
        );
      }),
    );
  });
});
