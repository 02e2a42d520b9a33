import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTable } from '../../../core/lake/curated/ddl.ts';
import { isWorn, toTableFiles, type TableFiles } from '../../../core/lake/curated/inspection.ts';
import { mergeCurrent, mergeVersions } from '../../../core/lake/curated/merge.ts';
import { curatedTables } from '../../../core/lake/curated/tables.ts';
import { logTable, projection } from '../../../core/lake/log-table.ts';
import { entity, z } from '../../../core/schema/index.ts';
import { inspect, maintenance } from '../../../functions/refresh/maintenance.ts';
import { openLake, parquetTable, run, type Lake } from '../../local/athena/lake.ts';

const part = entity({ name: 'part', description: 'A part', fields: { n: z.int() }, access: {} });
const place = { database: 'shop', bucket: 'lake' };
const log = logTable(part);
const DAY = '2026-11-25';
const KEYS = 1000;

let lake: Lake;

beforeAll(async () => {
  const columns = Object.fromEntries(log.columns.map(({ name, type }) => [name, type]));
  lake = await openLake([
    parquetTable(log.name, columns, {
      keys: { dt: 'string' },
      parameters: projection(log, 'lake'),
      location: `s3://lake/${log.prefix}`,
    }),
  ]);
  for (const table of curatedTables(part)) await run(lake, createTable(table, place));
});

afterAll(() => lake.destroy());

afterEach(() => {
  vi.useRealTimers();
});

/** A file of the log: changes of some keys, the number of the file their version. */
const writeLog = async (number: number, changed: number) => {
  const name = `dt=${DAY}/${String(number).padStart(4, '0')}.parquet`;
  const time = `TIMESTAMP '${DAY} 10:00:00' + INTERVAL (${number}) MINUTE`;
  await lake.write(
    `${log.prefix}${name}`,
    `SELECT '${number === 1 ? 'insert' : 'modify'}' AS change_operation, lpad('${number}', 40, '0') AS change_sequence,
      ${number}::BIGINT AS change_version, ${time} AS change_time, 1::BIGINT AS change_schema_version,
      'e${number}-' || i AS change_event_id, false AS change_expired, 'k' || i AS id, i::BIGINT AS n,
      ${number}::BIGINT AS version, ${time} AS created_at, ${time} AS updated_at
      FROM range(${changed}) AS t(i)`,
  );
  return { name, size: 1, etag: 'e' };
};

const columnsOf = (table: number) => curatedTables(part)[table]?.columns ?? [];

const refreshed = async (number: number, changed: number): Promise<void> => {
  const files = [await writeLog(number, changed)];
  const merge = { entity: part, ...place, files };
  const span = { first: `${DAY}T00:00:00Z`, last: `${DAY}T23:59:59Z` };
  await run(lake, mergeVersions({ ...merge, columns: columnsOf(1) }, span));
  await run(lake, mergeCurrent({ ...merge, columns: columnsOf(0) }));
};

const inspected = async (): Promise<TableFiles[]> =>
  toTableFiles((await run(lake, inspect(part, 'shop'))).rows.map((row) => row.map((cell) => cell ?? null)));

const maintained = async (vacuum = false): Promise<void> => {
  for (const sql of maintenance('shop', await inspected(), { vacuum })) await run(lake, sql);
};

const scanned = async (): Promise<number> =>
  (await run(lake, 'SELECT count(*), sum(n) FROM parts_current')).execution.Statistics?.DataScannedInBytes ??
  0;

describe('maintenance after every refresh', () => {
  test('of tables nobody has written to has nothing to do', async () => {
    expect(await inspected()).toMatchObject([
      { table: 'parts_current', files: 0, deleteFiles: 0, rows: 0 },
      { table: 'parts_versions', files: 0, deleteFiles: 0, rows: 0 },
    ]);
    expect(maintenance('shop', await inspected(), { vacuum: false })).toEqual([]);
  });

  test('keeps few files and few deleted rows, and what a scan reads', async () => {
    await refreshed(1, KEYS);
    const first = await scanned();
    const reads: number[] = [];
    for (let number = 2; number <= 7; number += 1) {
      await refreshed(number, KEYS / 20);
      await maintained();
      reads.push(await scanned());
    }

    const [current, versions] = await inspected();

    expect([current, versions].map((table) => table && isWorn(table))).toEqual([false, false]);
    expect(current).toMatchObject({ deletedRows: expect.any(Number) as number });
    expect(current!.rows - current!.deletedRows).toBe(KEYS);
    expect(versions).toMatchObject({ rows: KEYS + 6 * (KEYS / 20), deleteFiles: 0 });
    expect(Math.max(...reads)).toBeLessThan(first * 2);
    const { rows } = await run(lake, 'SELECT count(*), sum(n), max(version) FROM parts_current');
    expect(rows).toEqual([[String(KEYS), String((KEYS * (KEYS - 1)) / 2), '7']]);
  });

  test('a day later deletes what only old snapshots have', async () => {
    const objects = () => lake.store.list('lake', 'curated/part/').length;
    const before = objects();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 86_400_000 });

    await maintained(true);

    const [current, versions] = await inspected();
    const data = lake.store.list('lake', 'curated/part/').filter(({ key }) => key.includes('/data/'));
    expect(data).toHaveLength(
      current!.files + current!.deleteFiles + versions!.files + versions!.deleteFiles,
    );
    expect(objects()).toBeLessThan(before);
  });
});
