import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entity, id } from '../../../../core/schema/index.ts';
import type { Model } from '../../../../functions/api/model.ts';
import type { Removal } from '../../../../functions/api/removal/removal.ts';
import { transactionsOf } from '../../../../functions/api/removal/transactions.ts';

const leaf = entity({
  name: 'leaf',
  plural: 'leaves',
  description: 'x',
  fields: { under: id().optional(), beside: id().optional() },
  indexes: { byUnder: ['under'], byBeside: ['beside'] },
  references: {
    under: { entity: 'leaf', onDelete: 'cascade' },
    beside: { entity: 'leaf', onDelete: 'refuse' },
  },
});

interface Said {
  id: number;
  under?: number | undefined;
  beside?: number | undefined;
  guards?: number;
  bytes?: number;
}

const text = (value: number | undefined) => (value === undefined ? undefined : String(value));

const removal = ({ id: key, under, beside, guards = 0, bytes = 10 }: Said): Removal => ({
  model: { entity: leaf } as unknown as Model,
  record: { id: text(key), under: text(under), beside: text(beside) },
  bytes,
  held: Array.from({ length: guards }, (_, index) => `unique ${key} ${index}`),
  counted: [],
  counters: [],
  changes: [],
});

const idsIn = (transactions: Removal[][]) =>
  transactions.map((removals) => removals.map(({ record }) => Number(record.id)));

describe('removals as transactions', () => {
  it('are one when they fit one, who refers before what it refers to', () => {
    const removals = [{ id: 1 }, { id: 2, under: 1 }, { id: 3, under: 2 }, { id: 4, beside: 3 }].map(removal);

    expect(idsIn(transactionsOf(removals))).toEqual([[4, 3, 2, 1]]);
  });

  it('have whose rule changes another before that one, unless both do', () => {
    const changing = (said: Said, ...keys: number[]): Removal => ({
      ...removal(said),
      changes: keys.map((key) => ({ entity: 'leaf', key: String(key), add: { x: 1 } })),
    });

    expect(idsIn(transactionsOf([removal({ id: 1 }), changing({ id: 2 }, 1)]))).toEqual([[2, 1]]);
    expect(idsIn(transactionsOf([changing({ id: 1 }, 2), changing({ id: 2, under: 1 }, 1)]))).toEqual([
      [2, 1],
    ]);
  });

  it('share what they both write: it counts once', () => {
    const shared = { counted: [{ membership: 'm', counter: 'shared' }], changes: [] };
    const removals = Array.from({ length: 49 }, (_, index) => ({
      ...removal({ id: index }),
      ...shared,
      counted: [{ membership: `m ${index}`, counter: 'shared' }],
    }));

    expect(transactionsOf(removals)).toHaveLength(1);
    expect(transactionsOf([...removals, removal({ id: 50, guards: 1 })])).toHaveLength(2);
  });

  it('are parted by size, too', () => {
    const removals = Array.from({ length: 8 }, (_, index) => removal({ id: index, bytes: 400 * 1024 }));

    expect(idsIn(transactionsOf(removals)).map(({ length }) => length)).toEqual([7, 1]);
  });

  it('keep a circle together, or refuse it when it is too large', () => {
    const ring = (length: number, guards: number) =>
      Array.from({ length }, (_, index) => removal({ id: index, under: (index + 1) % length, guards }));

    expect(transactionsOf([...ring(5, 0), removal({ id: 9, under: 0, guards: 99 })])).toHaveLength(2);
    expect(() => transactionsOf(ring(60, 1))).toThrow('refer to each other in a circle');
  });

  it('whatever refers to what, never leave one behind that refers to what has gone', () => {
    const earlier = (at: number) => fc.option(fc.nat({ max: Math.max(at - 1, 0) }), { nil: undefined });
    const graph = fc.integer({ min: 1, max: 60 }).chain((length) =>
      fc.tuple(
        ...Array.from({ length }, (_, at) =>
          fc.tuple(earlier(at), earlier(at), fc.nat({ max: 12 })).map(([under, beside, guards]): Said => ({
            id: at,
            guards,
            ...(at > 0 ? { under, beside } : {}),
          })),
        ),
      ),
    );
    fc.assert(
      fc.property(graph, (said) => {
        const transactions = transactionsOf(said.map(removal));
        const place = new Map(idsIn(transactions).flatMap((ids, at) => ids.map((one) => [one, at] as const)));

        expect(place.size).toBe(said.length);
        for (const { id: one, under, beside } of said)
          for (const to of [under, beside].filter((other) => other !== undefined))
            expect(place.get(one)).toBeLessThanOrEqual(place.get(to) ?? -1);
        for (const removals of transactions)
          expect(removals.reduce((sum, { held }) => sum + 1 + held.length, 0)).toBeLessThanOrEqual(100);
      }),
    );
  });
});
