import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openLake, run, type Lake } from '../lake.ts';
import { EMPTY, everything, expected, step, type Change, type Model } from './model.ts';
import { createTable, objectsOf, rowsOf } from './tables.ts';

let lake: Lake;
let count = 0;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

afterEach(() => {
  vi.useRealTimers();
});

const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(9), fc.nat(3));
const rows = fc.array(row, { minLength: 1, maxLength: 4 });

type Move = Change | { readonly kind: 'vacuum' } | { readonly kind: 'remember' };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: rows.map((some) => ({ kind: 'insert' as const, rows: some })) },
  { weight: 4, arbitrary: rows.map((some) => ({ kind: 'merge' as const, rows: some })) },
  { weight: 2, arbitrary: fc.nat(2).map((rest) => ({ kind: 'update' as const, rest })) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 8 }).map((below) => ({ kind: 'delete' as const, below })),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('add column', 'drop column', 'add member', 'optimize', 'vacuum', 'remember')
      .map((kind) => ({ kind }) as const),
  },
);

const seen = async (sql: string) =>
  (await rowsOf(lake, sql)).map((cells) => JSON.stringify(cells.map((cell) => cell ?? null))).toSorted();

const PROPERTIES = {
  vacuum_max_snapshot_age_seconds: '60',
  optimize_rewrite_data_file_threshold: '2',
};

/** VACUUM when every snapshot but the last is too old: then there are the files of that one, and no others. */
const vacuum = async (table: string) => {
  vi.setSystemTime(Date.now() + 600_000);
  await run(lake, `VACUUM ${table}`);
  const total = (of: string) => `CAST(summary['total-${of}-files'] AS integer)`;
  const found = await rowsOf(lake, `SELECT ${total('data')} + ${total('delete')} FROM "${table}$snapshots"`);
  const files = objectsOf(lake, table, '.parquet').length;
  expect(found.map(([number]) => Number(number))).toEqual(found.length === 0 ? [] : [files]);
};

const play = async (moves: readonly Move[], partitioned?: string) => {
  count += 1;
  const table = `t${count}`;
  const columns = 'id string, n int, at timestamp, total struct<amount:bigint>';
  await run(
    lake,
    createTable(table, columns, { ...(partitioned && { partitioned }), properties: PROPERTIES }),
  );
  let model: Model = EMPTY;
  /** Snapshots with the columns every one has: others may be younger than the snapshot. */
  let remembered: [string, Model][] = [];
  for (const one of moves) {
    if (one.kind === 'vacuum') {
      await vacuum(table);
      remembered = [];
    } else if (one.kind === 'remember') {
      const [[id] = []] = await rowsOf(lake, `SELECT snapshot_id FROM "${table}$refs"`);
      if (id !== undefined) remembered.push([id, { ...model, columns: [], members: EMPTY.members }]);
    } else {
      const { sql, next } = step(table, one, model);
      for (const statement of sql) await run(lake, statement);
      model = next;
      expect(await seen(everything(table, model))).toEqual(expected(model).toSorted());
    }
  }
  for (const [id, old] of remembered)
    expect(await seen(everything(table, old, `FOR VERSION AS OF ${id}`))).toEqual(expected(old).toSorted());
};

test.each([
  ['without partitions', undefined],
  ['partitioned by day and bucket', 'day(at), bucket(2, id)'],
])('any sequence of statements leaves what a list of rows has: %s', async (_, partitioned) => {
  vi.useFakeTimers({ toFake: ['Date'] });

  const property = fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 6, maxLength: 12 }), (moves) => play(moves, partitioned)),
    { numRuns: 4 },
  );

  await expect(property).resolves.toBeUndefined();
});
