import { describe, expect, test } from 'vitest';
import { nextBatch, spansOf, toIso } from '../../../functions/refresh/batch.ts';

const MEBIBYTE = 1024 * 1024;
const files = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}`, size, etag: 'e' }));

describe('a batch', () => {
  test('has at most a hundred files', () => {
    expect(nextBatch(files(250, 1))).toHaveLength(100);
  });

  test('has at most half a gibibyte', () => {
    expect(nextBatch(files(20, 100 * MEBIBYTE))).toHaveLength(5);
  });

  test('has one file, whatever its size', () => {
    expect(nextBatch(files(3, 9999 * MEBIBYTE))).toHaveLength(1);
  });
});

test('spans of time hold fifty days each, so that no statement opens over a hundred partitions', () => {
  const days = Array.from({ length: 120 }, (_, index) => {
    const day = new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
    return { first: `${day}T01:00:00.000Z`, last: `${day}T02:00:00.000Z` };
  });

  expect(spansOf(days)).toEqual([
    { first: days[0]?.first, last: days[49]?.last },
    { first: days[50]?.first, last: days[99]?.last },
    { first: days[100]?.first, last: days[119]?.last },
  ]);
  expect(spansOf([])).toEqual([]);
});

test("Athena's text of a timestamp is an instant in UTC", () => {
  expect(new Date(toIso('2026-11-25 12:00:01.000')).toISOString()).toBe('2026-11-25T12:00:01.000Z');
});
