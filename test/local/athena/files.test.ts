import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from './lake.ts';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'];
const NAMES = ['a', 'b', 'é', '\u{10000}'];
const ADDRESSES = DAYS.flatMap((day) => NAMES.map((name) => `s3://lake/changes/dt=${day}/${name}`));

const byDay = {
  keys: { dt: 'string' },
  parameters: {
    'projection.enabled': 'true',
    'projection.dt.type': 'date',
    'projection.dt.range': '2026-01-01,2026-12-31',
    'projection.dt.format': 'yyyy-MM-dd',
  },
};

const tables = [
  parquetTable('changes', { id: 'string', total: 'struct<amount:bigint,currency:string>' }, byDay),
  parquetTable('other', { id: 'string' }),
  parquetTable('flat', { id: 'string' }),
];

let lake: Lake;

beforeAll(async () => {
  lake = await openLake(tables);
  for (const [index, address] of ADDRESSES.entries()) {
    const key = address.slice('s3://lake/'.length);
    await lake.write(
      key,
      `SELECT 'id${10 + index}' AS id, {'amount': 1::BIGINT, 'currency': 'USD'} AS total`,
    );
  }
  await lake.write('flat/a', `SELECT 'x' AS id`);
});

afterAll(() => lake.destroy());

const bytesOf = async (sql: string) => (await run(lake, sql)).execution.Statistics?.DataScannedInBytes;

/** How many of the files of `changes` a query reads. */
const filesRead = async (sql: string) =>
  Number(await bytesOf(sql)) / (await lake.columnBytes('changes/dt=2026-11-20/a', 'id'));

describe('a hidden column', () => {
  test('says where a row comes from', async () => {
    const { names, types, rows } = await run(
      lake,
      `SELECT "$path", "$file_size", "$partition", "$file_modified_time" > TIMESTAMP '2020-01-01 00:00:00 UTC' FROM changes WHERE id = 'id14'`,
    );
    const size = lake.store.head('lake', 'changes/dt=2026-11-21/a')?.size;

    expect(names.slice(0, 3)).toEqual(['$path', '$file_size', '$partition']);
    expect(types).toEqual(['varchar', 'bigint', 'varchar', 'boolean']);
    expect(rows).toEqual([['s3://lake/changes/dt=2026-11-21/a', String(size), 'dt=2026-11-21', 'true']]);
  });

  test('is not among the columns of *, of a subquery, or under new names', async () => {
    const { names } = await run(lake, 'SELECT * FROM flat');
    const { names: qualified } = await run(lake, 'SELECT f.*, f."$path" FROM flat f');

    expect(names).toEqual(['id']);
    expect(qualified).toEqual(['id', '$path']);
    expect(await failure(lake, 'SELECT "$path" FROM (SELECT * FROM flat)')).toContain('COLUMN_NOT_FOUND');
    expect(await failure(lake, 'SELECT "$path" FROM flat AS f(a)')).toContain('COLUMN_NOT_FOUND');
    expect((await run(lake, 'TABLE flat')).names).toEqual(['id']);
  });

  test('names its table where several have one', async () => {
    const { rows } = await run(lake, `SELECT f."$path" FROM flat f LEFT JOIN other o ON o.id = f.id`);

    expect(rows).toEqual([['s3://lake/flat/a']]);
    expect(await failure(lake, 'SELECT "$path" FROM flat, other')).toContain('AMBIGUOUS_NAME');
  });

  test('of the partition is of partitioned tables only', async () => {
    expect(await failure(lake, 'SELECT "$partition" FROM flat')).toContain('COLUMN_NOT_FOUND');
  });
});

describe('a condition on files', () => {
  test('inside a view spares them for whoever asks the view', async () => {
    await run(
      lake,
      `CREATE VIEW recent AS SELECT id, dt FROM changes WHERE dt >= '2026-11-21' AND "$path" NOT IN ('${ADDRESSES[4]}')`,
    );

    const { rows } = await run(lake, 'SELECT count(*) FROM recent');

    expect(rows).toEqual([['7']]);
    expect(await filesRead('SELECT max(id) FROM recent')).toBe(7);
    expect(await filesRead(`SELECT max(id) FROM recent WHERE dt = '2026-11-21'`)).toBe(3);
  });
});

describe('the bytes a query reads', () => {
  const one = 'changes/dt=2026-11-20/a';
  const where = `WHERE "$path" = '${ADDRESSES[0]}'`;

  test.each([
    [`SELECT * FROM changes ${where}`, ['id', 'total, amount', 'total, currency']],
    [`SELECT total.amount FROM changes ${where} AND id IN ('a', 'b')`, ['id', 'total, amount']],
    [`SELECT dt, "$path", count(*) FROM changes ${where} GROUP BY 1, 2`, []],
  ])('are those of its columns: %s', async (sql, columns) => {
    expect(await bytesOf(sql)).toBe(await lake.columnBytes(one, ...columns));
  });

  test('of a WITH query count for each use, as on Athena', async () => {
    const sql = `WITH c AS (SELECT * FROM changes ${where}) SELECT a.id, b.total.amount FROM c a JOIN c b ON a.id = b.id`;
    const id = await lake.columnBytes(one, 'id');

    expect(await bytesOf(sql)).toBe(2 * id + (await lake.columnBytes(one, 'total, amount')));
  });

  test('of a file that was replaced are those of the new one', async () => {
    await lake.write('flat/b', `SELECT 'short' AS id`);
    const before = await bytesOf('SELECT id FROM flat');
    await lake.write('flat/b', `SELECT repeat(md5('long'), 9) || x AS id FROM range(50) t(x)`);

    const after = await bytesOf('SELECT id FROM flat');

    expect(before).toBeLessThan(Number(after));
    expect(after).toBe((await lake.columnBytes('flat/a', 'id')) + (await lake.columnBytes('flat/b', 'id')));
  });
});

describe('files of several schemas', () => {
  test('are read side by side, each by its own columns', async () => {
    const mixed = await openLake([
      parquetTable('mixed', { a: 'bigint', b: 'string', c: 'struct<x:int,y:int>' }),
    ]);
    await mixed.write('mixed/1', `SELECT 1::INT AS a`);
    await mixed.write('mixed/2', `SELECT 'two' AS B, 2::BIGINT AS a, {'y': 5::INT} AS c`);
    await mixed.write(
      'mixed/3',
      `SELECT 3::BIGINT AS a, {'x': 1::INT, 'y': 2::INT, 'z': 3} AS c, 'three' AS b`,
    );
    const { rows } = await run(
      mixed,
      'SELECT a, b, c, regexp_extract("$path", \'[^/]+$\') FROM mixed ORDER BY a',
    );
    await mixed.store.put('lake', 'mixed/4', 'not parquet');
    const reason = await failure(mixed, 'SELECT count(*) FROM mixed');
    await mixed.destroy();

    expect(rows).toEqual([
      ['1', undefined, undefined, '1'],
      ['2', 'two', '{x=null, y=5}', '2'],
      ['3', 'three', '{x=1, y=2}', '3'],
    ]);
    expect(reason).toContain('HIVE_BAD_DATA: Not valid Parquet file: mixed/4');
  });
});
