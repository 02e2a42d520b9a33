import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANGES, SENT } from './fixture.ts';
import { openStore, QUERIES, type Shelf, type Store } from './store.ts';

const AT = '2026-04-01T00:00:00.000Z';

let store: Store;
let shelf: Shelf;

beforeAll(async () => {
  store = await openStore(['whole']);
  shelf = await store.shelf('whole', { changes: CHANGES, sent: SENT });
});

afterAll(() => store.close());

const ANSWERS: Readonly<Record<string, readonly unknown[][]>> = {
  abandoned_carts: [['2026-03-30T00:00:00.000Z', 's6', null, 2, 48]],
  best_sellers: [
    ['home', 1, 'lamp', 'The lamp', 2, 900, 'EUR'],
    ['music', 1, 'blue', 'The blue', 7, 7000, 'USD'],
  ],
  bought_together: [['blue', 'lamp', 2, 1]],
  cancellations: [
    ['2026-01-01', 1, 0, 0, null],
    ['2026-02-01', 3, 0, 0, null],
    ['2026-03-01', 3, 1, 1 / 3, 60],
  ],
  price_changes: [['2026-01-05T06:00:00.000Z', 'blue', 'The blue', 900, 1000, 'USD']],
  unpaid_orders: [['o5', 'bob', '2026-03-05T00:00:00.000Z', 648, 900, 'EUR']],
};

test.each(Object.entries(ANSWERS))('%s answers its question', async (name, rows) => {
  const answered = await shelf.answer(name, { lake: 'now', at: AT });

  expect(answered.map((row) => Object.values(row))).toEqual(rows);
});

test('every saved query is asked here', () => {
  const saved = [...QUERIES.values()].filter(({ refresh }) => refresh === 'never').map(({ name }) => name);

  expect(saved).toEqual(Object.keys(ANSWERS));
});
