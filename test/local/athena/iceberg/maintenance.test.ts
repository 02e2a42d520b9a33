import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { failure, openLake, run, type Lake } from '../lake.ts';
import { createTable, objectsOf, rowsOf, withProperty } from './tables.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

afterEach(() => {
  vi.useRealTimers();
});

/** Lets days go by; only the date is pretended, everything else takes its time. */
const daysLater = (days: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });

const dataFiles = async (table: string) =>
  Number((await rowsOf(lake, `SELECT count(*) FROM "${table}$files"`))[0]?.[0]);

const fill = async (table: string, count: number) => {
  for (let n = 0; n < count; n += 1)
    await run(lake, `INSERT INTO ${table} VALUES (${n}, DATE '2026-11-2${n % 2}')`);
};

const ALL = (table: string) => rowsOf(lake, `SELECT * FROM ${table} ORDER BY 1, 2`);

describe('OPTIMIZE', () => {
  test('makes one file of many and takes up deleted rows, keeping every row', async () => {
    await run(lake, createTable('small', 'n int, d date'));
    await fill('small', 6);
    await run(lake, 'INSERT INTO small SELECT n + 10, d FROM small');
    await run(lake, 'DELETE FROM small WHERE n IN (11, 3)');
    const before = await ALL('small');

    const { execution } = await run(lake, 'OPTIMIZE "shop"."small" REWRITE DATA USING BIN_PACK');

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DDL', 'CREATE_TABLE_AS_SELECT']);
    expect(execution.Statistics?.DataScannedInBytes).toBeGreaterThan(0);
    expect(await ALL('small')).toEqual(before);
    expect(await dataFiles('small')).toBe(1);
    expect(
      await rowsOf(
        lake,
        `SELECT operation, summary['total-position-deletes'], summary['total-records'] FROM "small$snapshots" ORDER BY committed_at DESC LIMIT 1`,
      ),
    ).toEqual([['replace', '0', '10']]);
  });

  test('leaves a table alone that has few small files and few delete files', async () => {
    await run(lake, createTable('few', 'n int, d date'));
    await fill('few', 4);
    const before = objectsOf(lake, 'few');

    await run(lake, 'OPTIMIZE few REWRITE DATA USING BIN_PACK');

    expect(objectsOf(lake, 'few')).toEqual(before);
  });

  test('rewrites a file that many delete files mean, however few there are', async () => {
    await run(lake, createTable('deleted', 'n int, d date'));
    await run(lake, "INSERT INTO deleted SELECT i, DATE '2026-01-01' FROM UNNEST(sequence(1, 9)) AS t(i)");
    await run(lake, 'DELETE FROM deleted WHERE n = 1');
    await run(lake, 'OPTIMIZE deleted REWRITE DATA USING BIN_PACK');
    const once = await rowsOf(lake, 'SELECT count(*) FROM "deleted$snapshots"');
    await run(lake, 'DELETE FROM deleted WHERE n = 2');

    await run(lake, 'OPTIMIZE deleted REWRITE DATA USING BIN_PACK');

    expect(once).toEqual([['2']]);
    expect(await rowsOf(lake, 'SELECT count(*) FROM "deleted$snapshots"')).toEqual([['4']]);
    expect(await rowsOf(lake, 'SELECT count(*), min(n) FROM deleted')).toEqual([['7', '3']]);
  });

  test('of a condition rewrites the partitions that have a row for it', async () => {
    const properties = { optimize_rewrite_data_file_threshold: '2' };
    await run(lake, createTable('parts', 'n int, d date', { partitioned: 'd', properties }));
    await fill('parts', 8);

    await run(lake, "OPTIMIZE parts REWRITE DATA USING BIN_PACK WHERE d = DATE '2026-11-21'");
    const one = await dataFiles('parts');
    await run(lake, 'OPTIMIZE parts REWRITE DATA USING BIN_PACK');

    expect(one).toBe(5);
    expect(await dataFiles('parts')).toBe(2);
    expect(await rowsOf(lake, 'SELECT count(*) FROM parts')).toEqual([['8']]);
    expect(await failure(lake, 'OPTIMIZE parts REWRITE DATA USING BIN_PACK WHERE n = 1')).toContain(
      'Only partition columns are allowed in the WHERE clause of OPTIMIZE: n',
    );
  });

  test('takes a hundred partitions at a time and asks for another run', async () => {
    const properties = { optimize_rewrite_data_file_threshold: '1' };
    await run(lake, createTable('wide', 'd date', { partitioned: 'day(d)', properties }));
    for (const first of [0, 60])
      await run(
        lake,
        `INSERT INTO wide SELECT date_add('day', i, DATE '2026-01-01') FROM UNNEST(sequence(${first}, ${first + 59})) AS t(i)`,
      );

    const reason = await failure(lake, 'OPTIMIZE wide REWRITE DATA USING BIN_PACK');

    expect(reason).toContain('ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED');
    expect(
      await rowsOf(
        lake,
        `SELECT operation, summary['added-data-files'] FROM "wide$snapshots" ORDER BY committed_at DESC LIMIT 1`,
      ),
    ).toEqual([['replace', '100']]);
    expect(await rowsOf(lake, 'SELECT count(*), count(DISTINCT d) FROM wide')).toEqual([['120', '120']]);
  });
});

describe('VACUUM', () => {
  test('forgets snapshots past their time and deletes the files only they had', async () => {
    await run(lake, createTable('old', 'n int, d date'));
    await fill('old', 3);
    await run(lake, 'DELETE FROM old WHERE n = 0');
    const [[first] = []] = await rowsOf(
      lake,
      'SELECT snapshot_id FROM "old$snapshots" ORDER BY committed_at',
    );
    await run(lake, 'VACUUM old');
    const kept = await rowsOf(lake, 'SELECT count(*) FROM "old$snapshots"');
    daysLater(6);

    const { execution } = await run(lake, 'VACUUM `old`');

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'VACUUM_TABLE']);
    expect(kept).toEqual([['4']]);
    expect(await rowsOf(lake, 'SELECT count(*) FROM "old$snapshots"')).toEqual([['1']]);
    expect(await ALL('old')).toEqual([
      ['1', '2026-11-21'],
      ['2', '2026-11-20'],
    ]);
    expect(objectsOf(lake, 'old', '.parquet')).toHaveLength(2);
    expect(await failure(lake, `SELECT * FROM old FOR VERSION AS OF ${first}`)).toContain(
      'Iceberg snapshot ID does not exists',
    );
  });

  test('keeps as many snapshots as the table says, whatever their age', async () => {
    const properties = { vacuum_min_snapshots_to_keep: '2', vacuum_max_snapshot_age_seconds: '60' };
    await run(lake, createTable('kept', 'n int, d date', { properties }));
    await fill('kept', 4);
    daysLater(1);

    await run(lake, 'VACUUM kept');

    expect(await rowsOf(lake, 'SELECT count(*) FROM "kept$snapshots"')).toEqual([['2']]);
    expect(await rowsOf(lake, 'SELECT count(*) FROM kept')).toEqual([['4']]);
  });

  test('deletes orphans and old metadata files, but nothing young and nothing beside the table', async () => {
    const properties = { vacuum_max_metadata_files_to_keep: '2' };
    await run(lake, createTable('orphans', 'n int, d date', { properties }));
    await fill('orphans', 3);
    for (const key of ['data/lost.parquet', 'metadata/lost.avro', 'other/kept.txt'])
      await lake.store.put('lake', `curated/orphans/${key}`, Buffer.from('x'));
    await run(lake, 'VACUUM orphans');
    const young = objectsOf(lake, 'orphans', 'lost.parquet');
    daysLater(6);
    await lake.store.put('lake', 'curated/orphans/data/young.parquet', Buffer.from('x'));

    await run(lake, 'VACUUM orphans');

    const left = objectsOf(lake, 'orphans');
    expect(young).toHaveLength(1);
    expect(left.filter((key) => /lost|kept|young/.test(key))).toEqual([
      'curated/orphans/data/young.parquet',
      'curated/orphans/other/kept.txt',
    ]);
    expect(left.filter((key) => key.endsWith('.metadata.json'))).toHaveLength(3);
    expect(await rowsOf(lake, 'SELECT count(*) FROM orphans')).toEqual([['3']]);
  });

  test('deletes nothing without the right to, and succeeds', async () => {
    await run(lake, createTable('guarded', 'n int, d date'));
    await fill('guarded', 3);
    const files = objectsOf(lake, 'guarded', '.avro');
    daysLater(6);
    lake.denied.add('s3:DeleteObject');

    await run(lake, 'VACUUM guarded');
    lake.denied.delete('s3:DeleteObject');

    expect(objectsOf(lake, 'guarded', '.avro')).toEqual(files);
    expect(await rowsOf(lake, 'SELECT count(*) FROM "guarded$snapshots"')).toEqual([['1']]);
  });
});

describe('many small commits', () => {
  test('keep few manifests', async () => {
    await run(lake, createTable('busy', 'n int, d date'));
    await withProperty(lake, 'busy', 'commit.manifest.min-count-to-merge', '4');

    await fill('busy', 9);
    await run(lake, 'DELETE FROM busy WHERE n = 0');

    expect(
      await rowsOf(lake, 'SELECT count(*) < 5, sum(existing_rows_count) > 5 FROM "busy$manifests"'),
    ).toEqual([['true', 'true']]);
    expect(await rowsOf(lake, 'SELECT count(*), sum(n) FROM busy')).toEqual([['8', '36']]);
    expect(await rowsOf(lake, 'SELECT count(*) FROM "busy$snapshots"')).toEqual([['10']]);
  });
});
