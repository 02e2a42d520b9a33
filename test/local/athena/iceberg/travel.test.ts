import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from '../lake.ts';
import { createTable, rowsOf, scanned } from './tables.ts';

let lake: Lake;
/** Snapshot ids and the instants they were committed, oldest first. */
let snapshots: { id: string; at: string }[];

beforeAll(async () => {
  lake = await openLake([parquetTable('hive', { id: 'string' })]);
  await run(lake, createTable('t', 'id int, note string'));
  await run(lake, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  await run(lake, "UPDATE t SET note = 'c' WHERE id = 1");
  await run(lake, 'ALTER TABLE t DROP COLUMN note');
  await run(lake, 'ALTER TABLE t ADD COLUMNS (n bigint)');
  await run(lake, 'INSERT INTO t VALUES (3, 30)');
  const rows = await rowsOf(
    lake,
    'SELECT snapshot_id, committed_at FROM "t$snapshots" ORDER BY committed_at',
  );
  snapshots = rows.map(([id = '', at = '']) => ({ id, at }));
});

afterAll(() => lake.destroy());

describe('time travel', () => {
  test('shows rows and columns as of a version', async () => {
    const [first, second, third] = snapshots;

    expect(await run(lake, `SELECT * FROM t FOR VERSION AS OF ${first?.id} ORDER BY id`)).toMatchObject({
      names: ['id', 'note'],
      rows: [
        ['1', 'a'],
        ['2', 'b'],
      ],
    });
    expect(
      await rowsOf(lake, `SELECT note FROM t FOR VERSION AS OF ${second?.id} AS x WHERE x.id = 1`),
    ).toEqual([['c']]);
    expect((await run(lake, `SELECT * FROM t FOR VERSION AS OF ${third?.id}`)).names).toEqual(['id', 'n']);
  });

  test('shows the last version until an instant, in any zone', async () => {
    const at = snapshots[1]?.at ?? '';
    const early = `${at.slice(0, -8)}.000 UTC`.replace(/\.\d{3}\.000/, '.000');
    const tokyo = new Date(new Date(at.replace(' UTC', 'Z').replace(' ', 'T')).getTime() + 9 * 3_600_000);
    const inTokyo = tokyo.toISOString().replace('T', ' ').replace('Z', '');

    const asOf = (instant: string) =>
      rowsOf(lake, `SELECT note FROM t FOR TIMESTAMP AS OF TIMESTAMP '${instant}' WHERE id = 1`);

    expect(early).toMatch(/UTC$/);
    expect(await asOf(at)).toEqual([['c']]);
    expect(await asOf(at.replace(' UTC', ''))).toEqual([['c']]);
    expect(await asOf(`${inTokyo} Asia/Tokyo`)).toEqual([['c']]);
    expect(await asOf(`${inTokyo} +09:00`)).toEqual([['c']]);
  });

  test('compares two versions in one query', async () => {
    const sql = `SELECT a.id, a.note, b.note FROM t FOR VERSION AS OF ${snapshots[0]?.id} AS a
      JOIN t FOR VERSION AS OF ${snapshots[1]?.id} AS b ON a.id = b.id WHERE a.note <> b.note`;

    expect(await rowsOf(lake, sql)).toEqual([['1', 'a', 'c']]);
  });

  test('works in a view', async () => {
    await run(lake, `CREATE VIEW as_of AS SELECT * FROM t FOR VERSION AS OF ${snapshots[0]?.id}`);

    expect(await rowsOf(lake, 'SELECT count(*), max(note) FROM as_of')).toEqual([['2', 'b']]);
  });

  test.each([
    [
      'SELECT * FROM t FOR VERSION AS OF 1',
      'INVALID_ARGUMENTS: line 1:15: Iceberg snapshot ID does not exists: 1',
    ],
    [
      "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2020-01-01 00:00:00 UTC'",
      'INVALID_ARGUMENTS: line 1:15: No version history table "shop"."t" at or before 2020-01-01T00:00:00.000Z',
    ],
    ["SELECT * FROM t FOR TIMESTAMP AS OF current_timestamp - interval '1' day", 'No version history table'],
    [
      "SELECT * FROM t FOR TIMESTAMP AS OF DATE '2020-02-29' - interval '1' year",
      'at or before 2019-02-28T00:00:00.000Z',
    ],
    [
      "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '9999-01-01 00:00:00'",
      "Pointer value '9999-01-01T00:00:00.000Z' is not in the past",
    ],
    ["SELECT * FROM t FOR VERSION AS OF 'main'", 'NOT_SUPPORTED'],
    ['SELECT * FROM t FOR TIMESTAMP AS OF (SELECT max(id) FROM t)', 'NOT_SUPPORTED'],
    ['SELECT * FROM hive FOR VERSION AS OF 1', 'This connector does not support versioned tables'],
    ['SELECT * FROM t FOR SYSTEM_TIME AS OF 1', 'mismatched input'],
  ])('refuses %s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
  });
});

describe('a metadata table', () => {
  test('of snapshots says what each did', async () => {
    const { types, rows } = await run(
      lake,
      'SELECT committed_at, snapshot_id, parent_id, operation, summary FROM shop."t$snapshots" ORDER BY committed_at',
    );

    expect(types).toEqual(['timestamp with time zone', 'bigint', 'bigint', 'varchar', 'map']);
    expect(rows.map(([, id, parent, operation]) => [id, parent, operation])).toEqual([
      [snapshots[0]?.id, undefined, 'append'],
      [snapshots[1]?.id, snapshots[0]?.id, 'overwrite'],
      [snapshots[2]?.id, snapshots[1]?.id, 'append'],
    ]);
    expect(
      await rowsOf(
        lake,
        `SELECT summary['total-records'] FROM "t$snapshots" WHERE snapshot_id = ${snapshots[2]?.id}`,
      ),
    ).toEqual([['4']]);
  });

  test('of history, refs and manifests has the columns Trino has', async () => {
    const names = async (part: string) => (await run(lake, `SELECT * FROM "t$${part}"`)).names;

    expect(await names('history')).toEqual([
      'made_current_at',
      'snapshot_id',
      'parent_id',
      'is_current_ancestor',
    ]);
    expect(await names('refs')).toEqual([
      'name',
      'type',
      'snapshot_id',
      'max_reference_age_in_ms',
      'min_snapshots_to_keep',
      'max_snapshot_age_in_ms',
    ]);
    expect(await names('manifests')).toEqual([
      'path',
      'length',
      'partition_spec_id',
      'added_snapshot_id',
      'added_data_files_count',
      'added_rows_count',
      'existing_data_files_count',
      'existing_rows_count',
      'deleted_data_files_count',
      'deleted_rows_count',
      'partitions',
    ]);
    expect(await rowsOf(lake, 'SELECT name, type, snapshot_id FROM "t$refs"')).toEqual([
      ['main', 'BRANCH', snapshots[2]?.id],
    ]);
    expect(await rowsOf(lake, 'SELECT bool_and(is_current_ancestor), count(*) FROM "t$history"')).toEqual([
      ['true', '3'],
    ]);
    expect(await rowsOf(lake, 'SELECT sum(added_rows_count) FROM "t$manifests"')).toEqual([['5']]);
  });

  test('of files has sizes and statistics', async () => {
    await run(
      lake,
      createTable('f', 'id int, at timestamp, name string, price decimal(5,2)', { partitioned: 'day(at)' }),
    );
    await run(
      lake,
      "INSERT INTO f VALUES (1, TIMESTAMP '2026-11-22 10:00:00', 'a', 1.5), (2, TIMESTAMP '2026-11-22 11:00:00', NULL, -2)",
    );

    const { names, rows } = await run(lake, 'SELECT * FROM "f$files"');

    expect(names).toEqual([
      'content',
      'file_path',
      'file_format',
      'record_count',
      'file_size_in_bytes',
      'column_sizes',
      'value_counts',
      'null_value_counts',
      'nan_value_counts',
      'lower_bounds',
      'upper_bounds',
      'key_metadata',
      'split_offsets',
      'equality_ids',
    ]);
    const [row = []] = rows;
    const key = row[1]?.replace('s3://lake/', '') ?? '';
    expect([row[0], row[2], row[3], Number(row[4])]).toEqual([
      '0',
      'PARQUET',
      '2',
      lake.store.head('lake', key)?.size,
    ]);
    expect(row.slice(6, 8)).toEqual(['{1=2, 2=2, 3=2, 4=2}', '{1=0, 2=0, 3=1, 4=0}']);
    expect(row.slice(9, 11)).toEqual([
      '{1=1, 2=2026-11-22T10:00:00.000, 3=a, 4=-2.00}',
      '{1=2, 2=2026-11-22T11:00:00.000, 3=a, 4=1.50}',
    ]);
  });

  test('of partitions has a row for each', async () => {
    await run(
      lake,
      createTable('p', 'd date, u timestamp, s string, n int, l array<int>', {
        partitioned: 'd, hour(u), s',
      }),
    );
    await run(
      lake,
      "INSERT INTO p VALUES (DATE '2026-11-22', TIMESTAMP '2026-11-22 10:30:00', 'x', 1, NULL), (DATE '2026-11-22', TIMESTAMP '2026-11-22 10:40:00', 'x', NULL, NULL), (NULL, NULL, NULL, 3, NULL)",
    );

    const { names, rows } = await run(lake, 'SELECT * FROM "p$partitions" ORDER BY record_count DESC');

    expect(names).toEqual(['partition', 'record_count', 'file_count', 'total_size', 'data']);
    expect(rows.map((row) => [row[0], row[1], row[2], row[4]])).toEqual([
      [
        '{d=2026-11-22, u_hour=498706, s=x}',
        '2',
        '1',
        '{u={min=2026-11-22 10:30:00.000000, max=2026-11-22 10:40:00.000000, null_count=0, nan_count=null}, n={min=1, max=1, null_count=1, nan_count=null}}',
      ],
      [
        '{d=null, u_hour=null, s=null}',
        '1',
        '1',
        '{u={min=null, max=null, null_count=1, nan_count=null}, n={min=3, max=3, null_count=0, nan_count=null}}',
      ],
    ]);
  });

  test('of an empty table is empty, and reading one costs nothing', async () => {
    await run(lake, createTable('nothing', 'id int'));

    for (const part of ['files', 'snapshots', 'history', 'manifests', 'partitions', 'refs'])
      expect(await rowsOf(lake, `SELECT * FROM "nothing$${part}"`)).toEqual([]);
    expect(await scanned(lake, 'SELECT * FROM "t$files"')).toBe(0);
  });

  test('that does not exist, or of a table that is not Iceberg, is not found', async () => {
    expect(await failure(lake, 'SELECT * FROM "t$nope"')).toContain(
      "Table 'awsdatacatalog.shop.t$nope' does not exist",
    );
    expect(await failure(lake, 'SELECT * FROM "hive$files"')).toContain('TABLE_NOT_FOUND');
  });
});
