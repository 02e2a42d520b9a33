import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayHold } from '../../../../local/athena/engine/file-bound.ts';
import { analyzed, tableOf, viewOf } from '../analysis.ts';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'];
const NAMES = ['a', 'b', 'é', '\u{10000}'];
const FILES = DAYS.flatMap((dt) =>
  NAMES.map((name) => ({
    dt,
    $path: `s3://lake/changes/dt=${dt}/${name}`,
    n: String(NAMES.indexOf(name) - 1),
  })),
);
const [A, , , D, E, F] = FILES.map(({ $path }) => $path) as [string, string, string, string, string, string];

const TABLES = [
  tableOf('changes', { id: 'string' }, { dt: 'string', n: 'int' }),
  viewOf(
    'recent',
    `SELECT id, dt FROM (SELECT * FROM changes WHERE dt >= '2026-11-21' AND "$path" NOT IN ('${E}')) AS c`,
    { id: 'string', dt: 'string' },
  ),
];

/** How many of the files each use of `changes` in a query opens, in the order the query names them. */
const opened = (sql: string): number[] =>
  analyzed(sql, TABLES).uses.map(
    ({ bounds }) => FILES.filter((file) => bounds.every((bound) => mayHold(bound, file))).length,
  );

describe('a condition leaves the files that may have a row for it', () => {
  test.each([
    [`"$path" = '${A}'`, 1],
    [`'${A}' = "$path"`, 1],
    [`"$path" IN ('${A}', '${F}', 's3://lake/other')`, 2],
    [`"$path" NOT IN ('${A}', '${F}')`, 10],
    [`"$path" <> '${A}'`, 11],
    [`NOT ("$path" = '${A}')`, 11],
    [`"$path" >= 's3://lake/changes/dt=2026-11-22'`, 4],
    [`"$path" BETWEEN 's3://lake/changes/dt=2026-11-21' AND 's3://lake/changes/dt=2026-11-22'`, 4],
    [`"$path" LIKE 's3://lake/changes/dt=2026-11-21/%'`, 4],
    [`"$path" LIKE '${D}'`, 1],
    [`"$path" LIKE '%/a'`, 12],
    [`"$path" LIKE 's3!%' ESCAPE '!'`, 12],
    [`dt = '2026-11-21' AND "$path" <> '${E}'`, 3],
    [`dt = '2026-11-21' OR "$path" = '${A}'`, 5],
    [`dt = '2026-11-21' OR id = 'x'`, 12],
    [`NOT (dt = '2026-11-21' OR dt > '2026-11-21')`, 4],
    [`NOT (dt = '2026-11-21' AND id = 'x')`, 12],
    [`dt NOT BETWEEN '2026-11-21' AND '2026-11-30'`, 4],
    [`(dt = '2026-11-20' AND id > 'a') OR (dt = '2026-11-21' AND id > 'b')`, 8],
    [`dt || '' = '2026-11-21'`, 12],
    [`dt = id`, 12],
    [`n = -1`, 3],
    [`-1 >= n`, 3],
    [`n > 9007199254740993`, 0],
    [`n NOT IN (0, 1)`, 6],
    [`changes.dt = '2026-11-21' AND shop.changes."$path" = '${A}'`, 0],
  ])('WHERE %s', (where, files) => {
    expect(opened(`SELECT id FROM changes WHERE ${where}`)).toEqual([files]);
  });

  test('for whoever asks a view that has it', () => {
    expect(opened('SELECT id FROM recent')).toEqual([7]);
    expect(opened(`SELECT id FROM recent WHERE dt = '2026-11-21'`)).toEqual([3]);
  });

  test.each([
    ['JOIN', [4, 4]],
    ['LEFT JOIN', [12, 4]],
    ['RIGHT JOIN', [4, 12]],
    ['FULL JOIN', [12, 12]],
  ])('of the sides whose rows without a match %s drops', (join, files) => {
    const on = `a.dt = '2026-11-20' AND b.dt = '2026-11-21'`;

    expect(opened(`SELECT a.id FROM changes a ${join} changes b ON ${on}`)).toEqual(files);
  });

  test('of one table where it speaks of two', () => {
    const where = `(a.dt = '2026-11-20' OR b.dt = '2026-11-20') AND a.n = 1`;

    expect(opened(`SELECT a.id FROM changes a, changes b WHERE ${where}`)).toEqual([3, 12]);
  });

  test('through a subquery, but not through LIMIT, a window, a group or a query named by WITH', () => {
    const outer = (inner: string) => opened(`SELECT i FROM (${inner}) WHERE dt = '2026-11-21'`);

    expect(outer('SELECT id AS i, dt FROM changes')).toEqual([4]);
    expect(outer('SELECT id AS i, dt FROM changes LIMIT 100')).toEqual([12]);
    expect(outer('SELECT max(id) OVER () AS i, dt FROM changes')).toEqual([12]);
    expect(outer('SELECT max(id) AS i, dt FROM changes GROUP BY dt')).toEqual([12]);
    expect(opened(`WITH c AS (TABLE changes) SELECT id FROM c WHERE dt = '2026-11-21'`)).toEqual([12]);
  });

  test('not of an outer query', () => {
    const exists = `SELECT id FROM changes c WHERE NOT EXISTS (SELECT 1 WHERE c.dt = '2026-11-21')`;

    expect(opened(exists)).toEqual([12]);
  });

  test('whatever a value that is no number or date means to the engine', () => {
    const [use] = analyzed('SELECT id FROM changes WHERE n = 1', TABLES).uses;

    expect(use?.bounds.every((bound) => mayHold(bound, { n: 'one' }))).toBe(true);
  });

  test('and none where the partition is NULL', () => {
    for (const where of [`dt = 'x'`, `NOT (dt = 'x')`]) {
      const [use] = analyzed(`SELECT id FROM changes WHERE ${where}`, TABLES).uses;
      expect(use?.bounds.every((bound) => mayHold(bound, { dt: undefined }))).toBe(false);
    }
  });
});

describe('any condition', () => {
  let instance: DuckDBInstance;
  let duckdb: DuckDBConnection;

  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    duckdb = await instance.connect();
    await duckdb.run('CREATE TABLE changes (dt VARCHAR, "$path" VARCHAR, n INTEGER, id VARCHAR)');
    const rows = FILES.flatMap(({ dt, $path, n }) =>
      ['x', 'y'].map((id) => `('${dt}', '${$path}', ${n}, '${id}')`),
    );
    await duckdb.run(`INSERT INTO changes VALUES ${rows.join(', ')}`);
  });

  afterAll(() => {
    duckdb.closeSync();
    instance.closeSync();
  });

  test('never spares a file with a row for it', async () => {
    await fc.assert(
      fc.asyncProperty(conditionArbitrary, async (where) => {
        const [use] = analyzed(`SELECT id FROM changes WHERE ${where}`, TABLES).uses;
        const { bounds = [] } = use ?? {};
        const left = FILES.filter((file) => bounds.every((bound) => mayHold(bound, file))).map(
          ({ $path }) => $path,
        );
        const wanted = await duckdb.runAndReadAll(`SELECT DISTINCT "$path" FROM changes WHERE ${where}`);

        expect(left).toEqual(expect.arrayContaining(wanted.getRows().map(([path]) => path)));
      }),
      { numRuns: 400 },
    );
  });
});

const quoted = (...texts: string[]) => fc.constantFrom(...texts.map((text) => `'${text}'`));
const OPERANDS = [
  ['dt', quoted(...DAYS, '2026-11-21x', '')],
  ['"$path"', quoted(...FILES.map(({ $path }) => $path), 's3://lake/changes/dt=2026-11-2\uFFFF')],
  ['n', fc.constantFrom('-1', '0', '1', '2', '3000000000')],
  ['id', quoted('x', 'y')],
] as const;

const tests = OPERANDS.flatMap(([column, values]) => [
  fc
    .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), values, fc.boolean())
    .map(([op, value, first]) => (first ? `${column} ${op} ${value}` : `${value} ${op} ${column}`)),
  fc
    .tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(values, { minLength: 1, maxLength: 4 }))
    .map(([op, list]) => `${column} ${op} (${list.join(', ')})`),
  fc
    .tuple(fc.constantFrom('BETWEEN', 'NOT BETWEEN'), values, values)
    .map(([op, low, high]) => `${column} ${op} ${low} AND ${high}`),
  fc.constantFrom(`${column} IS NULL`, `${column} IS NOT NULL`),
]);
const like = fc
  .tuple(
    fc.constantFrom('LIKE', 'NOT LIKE'),
    fc.constantFrom(...FILES),
    fc.nat(40),
    fc.constantFrom('', '%', '_', '%a'),
  )
  .map(
    ([op, file, length, wildcard]) =>
      `"$path" ${op} '${Array.from(file.$path).slice(0, length).join('')}${wildcard}'`,
  );

const { condition: conditionArbitrary } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...tests,
    like,
    fc.constantFrom('true', 'NULL = 1'),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} AND ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} OR ${b})`),
    tie('condition').map((inner) => `NOT (${inner})`),
  ),
}));
