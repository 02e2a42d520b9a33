import { describe, expect, test } from 'vitest';
import { pathOf, type LogFile } from '../../../../core/lake/curated/log-files.ts';
import { logTable } from '../../../../core/lake/log-table.ts';
import { tailOf, type Tail } from '../../../../core/lake/views/tail.ts';
import { order } from '../../../../schemas/order.ts';

const PLACE = { database: 'lake', bucket: 'bucket' };
const NOON = Date.parse('2026-11-25T12:00:00Z');

/** A file as Firehose names it, of so many minutes after noon. */
const file = (minutes: number, { version = 1, uuid = 'a' } = {}): LogFile => {
  const [day, time = ''] = new Date(NOON + minutes * 60_000).toISOString().split(/[T.]/);
  return {
    name: `dt=${day}/orders-${version}-${day}-${time.replaceAll(':', '-')}-${uuid}.parquet`,
    size: 1,
    etag: 'e',
  };
};

const minutes = (first: number, last: number): LogFile[] =>
  Array.from({ length: last - first + 1 }, (_, index) => file(first + index));

const tail = (merged: readonly LogFile[], settledMinutes?: number): Tail => ({
  day: '2026-11-24',
  merged,
  ...(settledMinutes !== undefined && {
    settledBefore: new Date(NOON + settledMinutes * 60_000).toISOString(),
  }),
});

/** Which of some files a tail reads, by the meaning of its conditions. */
const read = (of: Tail, files: readonly LogFile[]): LogFile[] => {
  const sql = tailOf(order, PLACE, of);
  const named = /NOT IN \(([^)]*)\)/.exec(sql)?.[1]?.split(', ') ?? [];
  const ranges = [...sql.matchAll(/NOT BETWEEN ('[^']*') AND ('[^']*')/g)];
  return files.filter((one) => {
    const path = `'${pathOf(logTable(order), PLACE.bucket, one)}'`;
    return (
      !named.includes(path) && !ranges.some(([, first = '', last = '']) => first <= path && path <= last)
    );
  });
};

describe('the tail of a log', () => {
  test('is the days that are open, where nothing is merged', () => {
    expect(tailOf(order, PLACE, tail([]))).toBe(`FROM "lake"."orders_changes" WHERE "dt" >= '2026-11-24'`);
  });

  test('leaves merged files out by name and reads all others, late ones too, while they are few', () => {
    const merged = minutes(-89, 0);
    const late = file(-60, { uuid: 'late' });

    expect(read(tail(merged, 0), [...merged, late, file(1)])).toEqual([late, file(1)]);
    expect(tailOf(order, PLACE, tail(merged, 0))).not.toContain('BETWEEN');
  });

  test('leaves out all merged files of two days, however many, in a statement of bounded length', () => {
    const merged = minutes(-1440, 720);
    const sql = tailOf(order, PLACE, tail(merged, 715));

    expect(read(tail(merged, 715), [...merged, file(721)])).toEqual([file(721)]);
    expect(sql.split(',').length + 2 * sql.split('BETWEEN').length).toBeLessThan(100);
  });

  test('reads what comes late among the last ninety files, whatever is settled', () => {
    const late = file(-30, { uuid: 'late' });

    expect(read(tail(minutes(-500, 0), 0), [late])).toEqual([late]);
  });

  test('reads merged files again rather than miss what is not settled', () => {
    const merged = minutes(-500, 0);
    const late = file(-120, { uuid: 'late' });

    expect(read(tail(merged, -400), [late])).toEqual([late]);
    expect(read(tail(merged, -400), merged)).toEqual(minutes(-400, -90));
    expect(read(tail(merged), merged)).toEqual(minutes(-500, -90));
  });

  test('keeps the versions of a stream apart: the tenth lies between the first and the second by name', () => {
    const of = (version: number, first: number): LogFile[] =>
      Array.from({ length: 100 }, (_, index) => file(first + index, { version }));
    const merged = [...of(1, -300), ...of(2, -200), ...minutes(-89, 0)];
    const tenth = file(-150, { version: 10 });

    expect(read(tail(merged, 0), [...merged, tenth])).toEqual([tenth]);
  });

  test('names an object that Firehose did not name', () => {
    const foreign: LogFile = { name: 'dt=2026-11-25/repaired.parquet', size: 1, etag: 'e' };
    const merged = [foreign, ...minutes(-500, 0)];

    expect(read(tail(merged, 0), merged)).toEqual([]);
  });
});
