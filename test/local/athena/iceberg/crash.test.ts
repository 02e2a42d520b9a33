import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openLake, run, type Lake } from '../lake.ts';
import { createTable, objectsOf, rowsOf } from './tables.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'athena-'));
  await withLake(async (lake) => {
    await run(
      lake,
      createTable('t', 'id int, n int', { properties: { vacuum_max_snapshot_age_seconds: '60' } }),
    );
    await run(lake, 'INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)');
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withLake = async <T>(work: (lake: Lake) => Promise<T>): Promise<T> => {
  const lake = await openLake([], folder);
  return work(lake).finally(() => lake.stop());
};

const merge = (n: number) =>
  `MERGE INTO t USING (VALUES 2, 3, ${n}0) AS s(id) ON t.id = s.id WHEN MATCHED AND t.id = 3 THEN DELETE WHEN MATCHED THEN UPDATE SET n = ${n} WHEN NOT MATCHED AND s.id > 3 THEN INSERT VALUES (s.id, ${n})`;

/** Runs a statement in a process that kills itself at a point of the commit. */
const killedAt = async (point: string, sql: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), folder, point, sql]);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
};

const ALL = 'SELECT id, n FROM t ORDER BY id';

/** The rows once the first so many of these statements have run. */
const rowsAfter = (count: number): string[][] => {
  const added = Array.from({ length: count }, (_, index) => [`${index + 1}0`, String(index + 1)]);
  return [['1', '0'], ['2', String(count)], ...(count === 0 ? [['3', '0']] : added)];
};

test.each([
  [1, 'after the metadata', 0],
  [2, 'before the catalogue', 1],
  [3, 'after the catalogue', 3],
])('kill -9 of statement %i %s leaves the rows of %i whole, and it can run again', async (n, point, left) => {
  const signal = await killedAt(point, merge(n));
  const found = await withLake((lake) => rowsOf(lake, ALL));
  const again = await withLake(async (lake) => {
    await run(lake, merge(n));
    return rowsOf(lake, ALL);
  });

  expect(signal).toBe('SIGKILL');
  expect(found).toEqual(rowsAfter(left));
  expect(again).toEqual(rowsAfter(n));
});

test('VACUUM removes what killed statements left', async () => {
  const [files, counted] = await withLake(async (lake) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
    await run(lake, 'VACUUM t').finally(() => vi.useRealTimers());
    const total = (of: string) => `CAST(summary['total-${of}-files'] AS integer)`;
    const found = await rowsOf(lake, `SELECT ${total('data')} + ${total('delete')} FROM "t$snapshots"`);
    return [objectsOf(lake, 't', '.parquet').length, found];
  });

  expect(counted).toEqual([[String(files)]]);
});
