import { describe, expect, test } from 'vitest';
import type { LakeFile } from '../../../cli/lake/bucket.ts';
import { statusText } from '../../../cli/lake/show-status.ts';
import { entityStatus, refreshStatus } from '../../../cli/lake/status.ts';
import type { TableFiles } from '../../../core/lake/curated/inspection.ts';
import type { Run } from '../../../core/lake/state/runs.ts';

const NOW = new Date('2026-11-25T12:00:00Z');

const logFile = (name: string, minutesAgo: number): LakeFile => ({
  name: `dt=2026-11-25/${name}`,
  size: 1000,
  etag: name,
  modified: new Date(NOW.getTime() - minutesAgo * 60_000),
});

const table: TableFiles = {
  table: 'orders_current',
  files: 3,
  smallFiles: 3,
  crowded: 3,
  bytes: 2_500_000,
  deleteFiles: 5,
  rows: 1200,
  deletedRows: 200,
  writtenAt: undefined,
};

const RUN: Run = {
  execution: 'e',
  startedAt: '2026-11-25T11:50:00.000Z',
  endedAt: '2026-11-25T11:50:02.500Z',
  outcomes: [
    { name: 'customer', scanned: 10, merged: 1 },
    { name: 'order', scanned: 20, merged: 2, error: 'it broke' },
  ],
};

const watermark = {
  day: '2026-11-24',
  merged: [],
  completeAt: '2026-11-25T11:00:00.000Z',
  isPublished: true,
};

describe('the state of an entity', () => {
  test('tells the files that wait, and for how long the oldest has', () => {
    const [old, newer, merged] = [logFile('a', 12), logFile('b', 3), logFile('c', 60)];

    const status = entityStatus(
      {
        entity: 'order',
        watermark: { ...watermark, merged: [merged] },
        log: [old, newer, merged],
        tables: [table],
      },
      RUN,
      NOW,
    );

    expect(status).toMatchObject({
      waiting: { files: 2, bytes: 2000 },
      lagSeconds: 720,
      lastRefresh: { scanned: 20, merged: 2, error: 'it broke' },
      tables: [{ table: 'orders_current', isWorn: true }],
    });
  });

  test('has no lag when nothing waits, and says what never was', () => {
    const status = entityStatus({ entity: 'order', watermark, log: [], tables: [] }, undefined, NOW);

    expect(status).toMatchObject({ lagSeconds: 0, lastRefresh: null, vacuumedAt: null });
  });
});

describe('the state of a lake', () => {
  test('sums up the last refresh and names what failed', () => {
    expect(refreshStatus(RUN)).toEqual({
      startedAt: RUN.startedAt,
      seconds: 2.5,
      scanned: 30,
      merged: 3,
      errors: ['order: it broke'],
    });
  });

  test('is told in sentences and tables', () => {
    const observed = { entity: 'order', watermark, log: [logFile('a', 12)], tables: [table] };
    const status = {
      database: 'tailrace_dev',
      runningSince: '2026-11-25T11:58:00.000Z',
      lastRefresh: refreshStatus(RUN),
      entities: [entityStatus(observed, RUN, NOW)],
    };

    const text = statusText(status, NOW);

    expect(text).toContain('A refresh runs; it began 2 min ago.');
    expect(text).toContain('The last refresh began 10 min ago and took 2.5 s: 3 files merged, 30 B scanned.');
    expect(text).toContain('It failed for order: it broke');
    expect(text).toMatch(/order +│ 60 min ago|order +│ 1 h ago +│ 1, 1\.0 kB │ 12 min/);
    expect(text).toMatch(/orders_current │ 1,000 │ +200 │ 2\.5 MB │ +3 │ +3 │ +5 │ yes/);
  });

  test('that nobody has refreshed says what to do', () => {
    const status = { database: 'tailrace_dev', runningSince: null, lastRefresh: null, entities: [] };

    expect(statusText(status, NOW)).toContain('No refresh has ended yet. Run "tailrace refresh".');
  });
});
