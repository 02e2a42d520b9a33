import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLake, parquetTable, run, type Lake } from '../lake.ts';
import { createTable, rowsOf, scanned } from './tables.ts';

let lake: Lake;
/** Bytes of the columns `id` and `n` of one file: every file has one row of equal widths. */
let oneFile: number;

const HOURS = [0, 30, 60, 90];

beforeAll(async () => {
  lake = await openLake([parquetTable('keys', { id: 'string', n: 'int' })]);
  await lake.write('keys/a.parquet', "SELECT 'id-1' AS id, 1 AS n");
  const columns =
    'id string, n int, big bigint, price decimal(10,2), weight double, at timestamp, d date, note string';
  await run(lake, createTable('plain', columns));
  await run(
    lake,
    createTable('parts', columns, { partitioned: 'day(at), bucket(8, id), truncate(4, note)' }),
  );
  for (const [index, hours] of HOURS.entries()) {
    const row = `'id-${index}', ${index}, ${index}000000000, ${index}.50, ${index}.25e0, TIMESTAMP '2026-11-20 00:00:00' + INTERVAL '${hours}' HOUR, DATE '2026-11-20' + INTERVAL '${index}' DAY, 'note ${index}'`;
    for (const table of ['plain', 'parts']) await run(lake, `INSERT INTO ${table} SELECT ${row}`);
  }
  oneFile = ((await scanned(lake, 'SELECT id, n FROM plain')) ?? 0) / HOURS.length;
});

afterAll(() => lake.destroy());

/** How many of the four files a condition has read, and how many rows it finds. */
const read = async (where: string, table = 'plain') => {
  const { rows, execution } = await run(lake, `SELECT x.id, x.n FROM ${table} AS x WHERE ${where}`);
  return { rows: rows.length, files: (execution.Statistics?.DataScannedInBytes ?? 0) / oneFile };
};

describe('a condition spares the files it cannot find a row in', () => {
  test.each([
    ["x.id = 'id-2'", 1, 1],
    ["x.id IN ('id-0', 'id-3')", 2, 2],
    ["x.id > 'id-2'", 1, 1],
    ['x.n >= 2', 2, 2],
    ['2 <= x.n', 2, 2],
    ['x.n BETWEEN 1 AND 2', 2, 2],
    ["x.n = 1 AND x.id = 'id-2'", 0, 0],
    ['x.n = -1', 0, 0],
    ['x.n > 1.5', 2, 2],
    ['x.n < 1e0', 1, 1],
    ['x.n = 1 OR x.n = 2', 2, 2],
    ["x.n = 1 OR x.id = 'id-3'", 2, 2],
    ['x.n = 1 OR x.n + 0 = 2', 4, 2],
    ['x.n <> 1', 3, 3],
    ['x.n NOT IN (1, 2)', 2, 2],
    ["x.id LIKE 'id-2%'", 1, 1],
    ["x.id LIKE 'id-%'", 4, 4],
    ["x.id LIKE 'ie%'", 0, 0],
    ["x.id LIKE '%-2'", 4, 1],
    ['x.n NOT BETWEEN 1 AND 2', 2, 2],
    ['x.n + 0 = 1', 4, 1],
    ['x.n = NULL', 4, 0],
    ['NOT x.n = 1', 3, 3],
    ["NOT (x.n = 1 AND x.id > 'id-9')", 4, 4],
    ['NOT (x.n > 1 OR x.n < 1)', 1, 1],
  ])('%s', async (where, files, rows) => {
    expect(await read(where)).toEqual({ files, rows });
  });

  test.each([
    ["at >= TIMESTAMP '2026-11-21 06:00:00'", 3],
    ["at = TIMESTAMP '2026-11-21 06:00:00.000 UTC'", 1],
    ["at < DATE '2026-11-21'", 1],
    ["at > TIMESTAMP '2026-11-21 07:00:00' - INTERVAL '1' HOUR", 2],
    ["at >= CAST('2026-11-23' AS date)", 1],
    ["at >= from_iso8601_timestamp('2026-11-22T12:00:00Z')", 2],
    ["at >= date_add('day', 1, TIMESTAMP '2026-11-21 12:00:00')", 2],
    ["d = DATE '2026-11-22'", 1],
    ["d > TIMESTAMP '2026-11-21 12:00:00'", 2],
    ['big > 1000000000', 2],
    ['price = 1.5', 1],
    ['price < 1.51', 2],
    ['weight > 1.25', 2],
    ["note = 'note 3'", 1],
    ["at < current_timestamp - INTERVAL '1' SECOND", 4],
  ])('of every type: %s', async (where, rows) => {
    const column = /^(\w+)/.exec(where)?.[1] ?? '';
    const all = (await scanned(lake, `SELECT ${column} FROM plain`)) ?? 0;

    const { rows: found, execution } = await run(lake, `SELECT count(*) FROM plain WHERE ${where}`);

    expect(found).toEqual([[String(rows)]]);
    expect(Math.round(((execution.Statistics?.DataScannedInBytes ?? 0) / all) * 4)).toBe(rows);
  });

  test('where partitions tell it and statistics do not', async () => {
    await run(lake, createTable('ids', 'id string', { partitioned: 'bucket(16, id)' }));
    await run(lake, "INSERT INTO ids SELECT 'k' || CAST(i AS varchar) FROM UNNEST(sequence(1, 400)) AS t(i)");
    const all = (await scanned(lake, 'SELECT id FROM ids')) ?? 0;

    const { rows, execution } = await run(lake, "SELECT count(*) FROM ids WHERE id = 'k17'");

    expect(rows).toEqual([['1']]);
    expect(execution.Statistics?.DataScannedInBytes).toBeLessThan(all / 8);
    expect(await rowsOf(lake, "SELECT count(*) FROM ids WHERE id < 'k2'")).toEqual([['111']]);
  });

  test('in a partitioned table, by day, bucket and beginning', async () => {
    expect(await read("x.id = 'id-1'", 'parts')).toEqual({ files: 1, rows: 1 });
    expect(await rowsOf(lake, "SELECT id FROM parts WHERE note >= 'note 2' ORDER BY id")).toEqual([
      ['id-2'],
      ['id-3'],
    ]);
    expect(await scanned(lake, "SELECT id FROM parts WHERE at >= TIMESTAMP '2030-01-01 00:00:00'")).toBe(0);
  });
});

describe('a condition reaches through', () => {
  test.each([
    ['a subquery', 'SELECT id, n FROM (SELECT * FROM plain) AS p WHERE n = 1'],
    ['an alias of the column', 'SELECT id, m FROM (SELECT id, n AS m FROM plain) AS p WHERE m = 1'],
    ['an inner join', 'SELECT p.id, p.n FROM keys k JOIN plain p ON p.id = k.id AND p.n = 1'],
    [
      'the right side of a left join',
      'SELECT p.id, p.n FROM keys k LEFT JOIN plain p ON p.id = k.id AND p.n = 1',
    ],
  ])('%s', async (_, sql) => {
    const keys = /keys/.test(sql) ? ((await scanned(lake, 'SELECT * FROM keys')) ?? 0) : 0;

    expect(Math.round((((await scanned(lake, sql)) ?? 0) - keys) / oneFile)).toBe(1);
  });

  test.each([
    ['the left side of a left join', 'SELECT p.id, p.n FROM plain p LEFT JOIN keys k ON p.n = 1'],
    ['an aggregate', 'SELECT id, m FROM (SELECT id, max(n) AS m FROM plain GROUP BY id) AS p WHERE m = 1'],
    [
      'a window',
      'SELECT id, n FROM (SELECT id, n, row_number() OVER (ORDER BY id) AS r FROM plain) AS p WHERE n = 1',
    ],
    ['a limit', 'SELECT id, n FROM (SELECT * FROM plain ORDER BY id LIMIT 4) AS p WHERE n = 1'],
  ])('and stops at %s', async (_, sql) => {
    expect(await scanned(lake, sql)).toBeGreaterThanOrEqual(oneFile * HOURS.length);
  });

  test('gives the rows a join without it gives', async () => {
    const sql = (on: string) =>
      `SELECT p.id, k.n FROM plain p LEFT JOIN keys k ON p.id = k.id AND ${on} ORDER BY 1`;

    expect(await rowsOf(lake, sql('p.n = 1'))).toEqual(await rowsOf(lake, sql('p.n + 0 = 1')));
  });

  test('MERGE, UPDATE and DELETE', async () => {
    const updated = await scanned(lake, "UPDATE plain SET n = n WHERE id = 'id-1'");
    const merged = await scanned(
      lake,
      "MERGE INTO plain t USING (VALUES 'id-1') s(id) ON t.id = s.id AND t.at BETWEEN TIMESTAMP '2026-11-21 00:00:00' AND TIMESTAMP '2026-11-21 12:00:00' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
    );
    const deleted = await scanned(lake, 'DELETE FROM plain WHERE n > 100');

    expect(updated).toBeLessThan(oneFile * 8);
    expect(merged).toBeLessThan(oneFile * 2);
    expect(deleted).toBe(0);
    expect(await rowsOf(lake, 'SELECT count(*) FROM plain')).toEqual([['4']]);
  });
});

test('a path names its file alone', async () => {
  const [[path]] = (await rowsOf(lake, `SELECT "$path" FROM parts WHERE n = 2`)) as [[string]];

  const { rows, execution } = await run(lake, `SELECT id, n FROM parts WHERE "$path" = '${path}'`);

  expect(path).toMatch(/^s3:\/\/lake\/curated\/parts\/data\/at_day=2026-11-22\/.*\.parquet$/);
  expect(rows).toEqual([['id-2', '2']]);
  expect(execution.Statistics?.DataScannedInBytes).toBe(oneFile);
});

test('a hidden column is of the row after rows of the file were deleted, and not in *', async () => {
  await run(lake, createTable('watched', 'id int'));
  await run(lake, 'INSERT INTO watched VALUES 1, 2, 3');
  await run(lake, 'DELETE FROM watched WHERE id = 2');
  await run(lake, 'INSERT INTO watched VALUES 4');

  const { rows, names } = await run(lake, 'SELECT * FROM watched');
  const paths = await rowsOf(
    lake,
    `SELECT count(*), count(DISTINCT "$path"), count(DISTINCT "$file_modified_time") FROM watched`,
  );

  expect([names, rows.length]).toEqual([['id'], 3]);
  expect(paths[0]?.slice(0, 2)).toEqual(['3', '2']);
});

describe('DataScannedInBytes', () => {
  test('counts a member of a struct alone, and delete files', async () => {
    await run(lake, createTable('sums', 'total struct<amount:bigint,currency:string>'));
    await run(lake, "INSERT INTO sums SELECT ROW(i, 'EUR') FROM UNNEST(sequence(1, 1000)) AS t(i)");
    const all = (await scanned(lake, 'SELECT total FROM sums')) ?? 0;
    const amount = (await scanned(lake, 'SELECT sum(total.amount) FROM sums')) ?? 0;
    const currency = (await scanned(lake, 'SELECT max(total.currency) FROM sums')) ?? 0;
    await run(lake, 'DELETE FROM sums WHERE total.amount = 7');
    const sizes = 'SELECT sum(CAST(summary[\'total-files-size\'] AS bigint)) FROM "sums$snapshots"';

    expect(amount + currency).toBe(all);
    expect(await scanned(lake, 'SELECT count(*) FROM sums')).toBeGreaterThan(0);
    expect(await scanned(lake, sizes)).toBe(0);
  });

  test('counts the columns read', async () => {
    const all = (await scanned(lake, 'SELECT * FROM parts')) ?? 0;
    const [one, two] = [
      await scanned(lake, 'SELECT id FROM parts'),
      await scanned(lake, 'SELECT n FROM parts'),
    ];

    expect(await scanned(lake, 'SELECT id, n FROM parts')).toBe((one ?? 0) + (two ?? 0));
    expect(one).toBeLessThan(all / 2);
    expect(await scanned(lake, 'SELECT count(*) FROM parts')).toBe(0);
  });
});
