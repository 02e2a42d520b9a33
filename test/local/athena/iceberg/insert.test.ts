import { GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, failure, openLake, run, start, type Lake } from '../lake.ts';
import { createTable, objectsOf, rowsOf } from './tables.ts';

let lake: Lake;

const COLUMNS =
  'id string, n int, big bigint, price decimal(10,2), weight double, small float, paid boolean, day date, at timestamp, raw binary, total struct<amount:bigint,currency:string>, lines array<struct<sku:string,quantity:int>>, tags map<string,int>';

beforeAll(async () => {
  lake = await openLake([]);
  await run(lake, createTable('rows', COLUMNS));
  await run(lake, createTable('two', 'a int, b string'));
});

afterAll(() => lake.destroy());

describe('INSERT INTO', () => {
  test('keeps values of every type exactly', async () => {
    const values = `'é', 2147483647, 9223372036854775807, 12345678.90, 1.5e0, REAL '0.1', true, DATE '2026-11-22',
      TIMESTAMP '2026-11-22 10:00:00.123', X'00ff', ROW(9007199254740993, 'EUR'), ARRAY[ROW('x', 1), NULL], MAP(ARRAY['k'], ARRAY[1])`;

    await run(lake, `INSERT INTO rows VALUES (${values})`);

    expect(await rowsOf(lake, 'SELECT * FROM rows')).toEqual([
      [
        'é',
        '2147483647',
        '9223372036854775807',
        '12345678.90',
        '1.5',
        '0.1',
        'true',
        '2026-11-22',
        '2026-11-22 10:00:00.123000',
        '00 ff',
        '{amount=9007199254740993, currency=EUR}',
        '[{sku=x, quantity=1}, null]',
        '{k=1}',
      ],
    ]);
  });

  test('answers with the number of rows and leaves a list of its files, no rows', async () => {
    const id = await start(lake, "INSERT INTO two VALUES (1, 'a'), (2, 'b')");
    const execution = await ended(lake, id);

    const { UpdateCount, ResultSet } = await lake.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: id }),
    );

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'INSERT']);
    expect(execution.ResultConfiguration?.OutputLocation).toBe(`s3://results/athena/${id}`);
    expect(UpdateCount).toBe(2);
    expect(ResultSet?.Rows).toEqual([]);
    expect(ResultSet?.ResultSetMetadata?.ColumnInfo).toMatchObject([{ Name: 'rows', Type: 'bigint' }]);
    expect(execution.Statistics?.DataManifestLocation).toBe(`s3://results/athena/${id}-manifest.csv`);
    const manifest = await lake.store.get('results', `athena/${id}-manifest.csv`);
    expect(manifest.toString()).toMatch(/^s3:\/\/lake\/curated\/two\/data\/.*\.parquet\n$/);
    expect(lake.store.list('results', `athena/${id}`)).toHaveLength(1);
  });

  test('takes named columns in any order and leaves the others NULL', async () => {
    await run(lake, createTable('named', 'a int, b string, c date'));

    await run(lake, "INSERT INTO named (c, a) SELECT DATE '2026-01-01', 1");

    expect(await rowsOf(lake, 'SELECT * FROM named')).toEqual([['1', undefined, '2026-01-01']]);
  });

  test('stores what shares a type with the column, rows by position', async () => {
    await run(
      lake,
      createTable('stored', 'n int, f double, d decimal(5,1), t timestamp, r struct<a:bigint,b:string>'),
    );

    await run(
      lake,
      "INSERT INTO stored SELECT BIGINT '5', 7, 1.25, DATE '2026-01-01', CAST(ROW(1, 'x') AS row(p integer, q varchar))",
    );

    expect(await rowsOf(lake, 'SELECT * FROM stored')).toEqual([
      ['5', '7.0', '1.3', '2026-01-01 00:00:00.000000', '{a=1, b=x}'],
    ]);
  });

  test('cuts timestamps to milliseconds, at any depth', async () => {
    await run(lake, createTable('moments', 't timestamp, l array<struct<t:timestamp>>'));

    await run(
      lake,
      "INSERT INTO moments SELECT CAST('2026-01-01 00:00:00.123456' AS timestamp(6)), ARRAY[ROW(CAST('2026-01-01 00:00:00.999999' AS timestamp(6)))]",
    );

    expect(await rowsOf(lake, 'SELECT * FROM moments')).toEqual([
      ['2026-01-01 00:00:00.123000', '[{t=2026-01-01 00:00:00.999000}]'],
    ]);
  });

  test('of no rows changes nothing', async () => {
    const files = objectsOf(lake, 'two');

    await run(lake, 'INSERT INTO two SELECT * FROM two WHERE a < 0');

    expect(objectsOf(lake, 'two')).toEqual(files);
  });

  test('reads the table it writes to as it was before', async () => {
    await run(lake, createTable('doubled', 'n int'));
    await run(lake, 'INSERT INTO doubled VALUES 1, 2');

    await run(lake, 'INSERT INTO doubled SELECT n + 10 FROM doubled');

    expect(await rowsOf(lake, 'SELECT n FROM doubled ORDER BY n')).toEqual([['1'], ['2'], ['11'], ['12']]);
  });

  test.each([
    [
      "INSERT INTO two VALUES ('x', 'a')",
      'TYPE_MISMATCH: line 1:13: Insert query has mismatched column types: Table: [integer, varchar], Query: [varchar(1), varchar(1)]',
    ],
    ['INSERT INTO two VALUES (1, 2)', 'Table: [integer, varchar], Query: [integer, integer]'],
    ['INSERT INTO two VALUES 1', 'Table: [integer, varchar], Query: [integer]'],
    [
      'INSERT INTO two (c) VALUES 1',
      'COLUMN_NOT_FOUND: line 1:13: Insert column name does not exist in target table: c',
    ],
    ['INSERT INTO two (a, a) VALUES (1, 1)', 'Insert column name is specified more than once: a'],
    ["INSERT INTO two VALUES (2147483648, 'a')", 'NUMERIC_VALUE_OUT_OF_RANGE'],
    ['INSERT INTO nowhere VALUES 1', 'TABLE_NOT_FOUND'],
  ])('refuses %s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
  });
});

describe('partitions', () => {
  test('are one folder a value, by every transform', async () => {
    const partitioned = 'year(d), day(t), hour(u), bucket(4, id), truncate(2, id), paid';
    await run(
      lake,
      createTable('parts', 'id string, d date, t timestamp, u timestamp, paid boolean', { partitioned }),
    );

    await run(
      lake,
      "INSERT INTO parts VALUES ('a/b', DATE '2026-11-22', TIMESTAMP '1969-12-31 23:59:59', TIMESTAMP '2026-11-22 13:30:00', true), (NULL, NULL, NULL, NULL, NULL)",
    );

    const folders = objectsOf(lake, 'parts', '.parquet').map((key) => key.replace(/\/[^/]*$/, ''));
    expect(folders.toSorted()).toEqual([
      'curated/parts/data/d_year=2026/t_day=1969-12-31/u_hour=2026-11-22-13/id_bucket=3/id_trunc=a%2F/paid=true',
      'curated/parts/data/d_year=null/t_day=null/u_hour=null/id_bucket=null/id_trunc=null/paid=null',
    ]);
    expect(await rowsOf(lake, 'SELECT count(*), count(id) FROM parts')).toEqual([['2', '1']]);
  });

  test('of month, of numbers and of decimals are those of the specification', async () => {
    const partitioned = 'month(d), truncate(10, n), truncate(50, p), bucket(16, b)';
    await run(lake, createTable('numbers', 'd date, n int, p decimal(9,2), b bigint', { partitioned }));

    await run(lake, "INSERT INTO numbers VALUES (DATE '1969-12-31', -1, 10.65, 34)");

    expect(objectsOf(lake, 'numbers', '.parquet')[0]).toContain(
      'd_month=1969-12/n_trunc=-10/p_trunc=10.50/b_bucket=3/',
    );
  });

  test('are at most a hundred in one statement', async () => {
    await run(lake, createTable('many', 'd date', { partitioned: 'day(d)' }));
    const days = (count: number) =>
      `INSERT INTO many SELECT date_add('day', i, DATE '2026-01-01') FROM UNNEST(sequence(1, ${count})) AS t(i)`;

    const reason = await failure(lake, days(101));
    await run(lake, days(100));

    expect(reason).toBe(
      'ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions',
    );
    expect(await rowsOf(lake, 'SELECT count(*) FROM many')).toEqual([['100']]);
    expect(objectsOf(lake, 'many', '.parquet')).toHaveLength(100);
  });
});
