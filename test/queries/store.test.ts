import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { martsOf } from '../../core/queries/parse.ts';
import { CHANGES, SENT } from './fixture.ts';
import { openStore, QUERIES, type Shelf, type Store } from './store.ts';

const AT = '2026-04-01T00:00:00.000Z';
/** After some orders, before what became of them later. */
const EARLIER = '2026-03-01T00:00:00.000Z';
const MARTS = martsOf([...QUERIES.values()]).map(({ name }) => name);

const knownAt = (instant: string) => ({
  changes: CHANGES.filter(({ time }) => Date.parse(time) <= Date.parse(instant)),
  sent: SENT.filter(({ time, receivedAt = time }) => Date.parse(receivedAt) <= Date.parse(instant)),
});

let store: Store;
let shelf: Shelf;

beforeAll(async () => {
  store = await openStore(['whole', 'early', 'late', 'bare']);
  shelf = await store.shelf('whole', { changes: CHANGES, sent: SENT });
});

afterAll(() => store.close());

/** Rows of a mart, each as its values; its columns are those its header tells the meaning of. */
const valuesOf = async (name: string) => {
  const rows = await shelf.answer(name, { lake: 'now', at: AT });
  expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(QUERIES.get(name)?.columns ?? {}));
  return rows.map((row) => Object.values(row));
};

test('the store has the marts its people asked for', () => {
  expect(MARTS).toEqual([
    'cohort_retention',
    'customer_features',
    'daily_revenue',
    'order_funnel',
    'stock_out_risk',
  ]);
});

test('daily_revenue has no cancelled order, and keeps products that are gone', async () => {
  expect(await valuesOf('daily_revenue')).toEqual([
    ['2026-01-10', 'USD', 'home', 1, 1, 500],
    ['2026-01-10', 'USD', 'music', 1, 2, 2000],
    ['2026-02-01', 'USD', 'home', 1, 1, 500],
    ['2026-02-01', 'USD', 'music', 1, 1, 1000],
    ['2026-02-20', 'USD', 'music', 1, 1, 1000],
    ['2026-02-20', 'USD', 'unknown', 1, 1, 700],
    ['2026-03-05', 'EUR', 'home', 1, 2, 900],
    ['2026-03-28', 'USD', 'music', 1, 7, 7000],
  ]);
});

test('order_funnel counts each visitor once, by what came after their first view', async () => {
  expect(await valuesOf('order_funnel')).toEqual([
    ['2026-01-10', 3, 1, 1, 1, 1 / 3, 1, 1, 600, 3000, 300],
    ['2026-02-20', 1, 1, 1, 1, 1, 1, 1, 1800, 1740, 3600],
  ]);
});

test('customer_features are by customer and currency, in whole days', async () => {
  const asOf = '2026-04-01T00:00:00.000Z';
  expect(await valuesOf('customer_features')).toEqual([
    ['ann', 'USD', asOf, 39, 2, 3500, 80, 40],
    ['bob', 'EUR', asOf, 27, 1, 900, 27, null],
    ['bob', 'USD', asOf, 3, 2, 7700, 39, 35],
    ['cyd', 'USD', asOf, 59, 1, 1500, 59, null],
  ]);
});

test('stock_out_risk goes by the faster of two paces', async () => {
  expect(await valuesOf('stock_out_risk')).toEqual([
    ['blue', 'The blue', 'music', 5, 7, 7, 1, 5, 'high'],
    ['lamp', 'The lamp', 'home', 100, 0, 2, 2 / 28, 1400, 'low'],
    ['red', 'The red', 'music', 0, 0, 0, 0, null, 'out'],
  ]);
});

test('cohort_retention has the share of a cohort that bought in each month', async () => {
  expect(await valuesOf('cohort_retention')).toEqual([
    ['2026-01-01', 0, 1, 1, 1],
    ['2026-01-01', 1, 1, 1, 1],
    ['2026-02-01', 0, 2, 2, 1],
    ['2026-02-01', 1, 2, 1, 0.5],
  ]);
});

describe('no row knows its future:', () => {
  let [early, late]: Shelf[] = [];

  /** What was known then, and beside it all that came later, the end of an order among it. */
  beforeAll(async () => {
    const removal = { ...CHANGES.find(({ item }) => item.id === 'o1')!, time: '2026-03-02T00:00:00Z' };
    early = await store.shelf('early', knownAt(EARLIER));
    late = await store.shelf('late', { changes: [...CHANGES, { ...removal, removed: true }], sent: SENT });
  });

  test.each(MARTS)('%s as of an instant is what was known then', async (name) => {
    const asOf = await late?.answer(name, { lake: { asOf: EARLIER } });

    expect(asOf).toEqual(await early?.answer(name, { lake: 'now', at: EARLIER }));
  });

  test.each(MARTS)('%s without an instant is another, as something came later', async (name) => {
    const [asOf, now] = [
      await late?.answer(name, { lake: { asOf: EARLIER } }),
      await late?.answer(name, { lake: 'now', at: EARLIER }),
    ];

    expect(now).not.toEqual(asOf);
  });
});

describe('assertions', () => {
  /** A wrong expression for the sake of each assertion. */
  const SPOILT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    cohort_retention: { active: 'active + 2', customers: 'customers + 1' },
    customer_features: {
      recency_days: 'recency_days - 10',
      monetary: 'monetary + 1',
      mean_gap_days: 'mean_gap_days + NULL',
    },
    daily_revenue: { units: 'nullif(units, 7)', amount: 'amount + 1' },
    order_funnel: {
      viewed: 'viewed + 9',
      placed: 'placed + 10',
      viewed_to_carted: 'nullif(viewed_to_carted, 1)',
    },
    stock_out_risk: { product_id: 'concat(product_id, product_id)', sold_7_days: 'sold_7_days + 9' },
  };

  let bare: Shelf;

  beforeAll(async () => {
    bare = await store.shelf('bare', {});
  });

  test.each(MARTS)('of %s hold, of an empty store too', async (name) => {
    expect([await shelf.broken(name, AT), await bare.broken(name, AT)]).toEqual([[], []]);
  });

  test.each(MARTS)('of %s, each, find what is wrong', async (name) => {
    const { key = [], columns = {}, assertions = [] } = QUERIES.get(name) ?? {};
    const select = (changed: Readonly<Record<string, string>>, sql: string): string =>
      `SELECT ${Object.keys(columns)
        .map((column) => `${changed[column] ?? column} AS ${column}`)
        .join(', ')} FROM (${sql})`;
    const [first = ''] = key;
    const keyless = { [first]: `nullif(${first}, ${first})` };
    const spoil = (sql: string) =>
      [SPOILT[name] ?? {}, {}, {}, keyless].map((changed) => select(changed, sql)).join(' UNION ALL ');

    expect(await shelf.broken(name, AT, spoil)).toEqual([
      `every row has ${key.join(', ')}`,
      `no two rows have the same ${key.join(', ')}`,
      ...assertions.map(({ holds }) => holds),
    ]);
  });
});

/** Rows of each saved query. */
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

describe('a saved query', () => {
  test.each(Object.entries(ANSWERS))('%s answers its question', async (name, rows) => {
    const answered = await shelf.answer(name, { lake: 'now', at: AT });

    expect(answered.map((row) => Object.values(row))).toEqual(rows);
  });

  test('every saved query is asked here', () => {
    const saved = [...QUERIES.values()].filter(({ refresh }) => refresh === 'never').map(({ name }) => name);

    expect(saved).toEqual(Object.keys(ANSWERS));
  });
});
