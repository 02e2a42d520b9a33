import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBatches } from '../../../../functions/shared/firehose/batch.ts';
import { billedBytes, MAX_RECORD_BYTES } from '../../../../functions/shared/firehose/limits.ts';
import { addRow, createRows, packRows, type Rows } from '../../../../functions/shared/firehose/pack.ts';

const rowsOf = (texts: readonly string[]): Rows => {
  const rows = createRows();
  for (const text of texts) addRow(rows, text);
  return rows;
};

const rowOf = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;

test('rows become JSON documents separated by a newline', () => {
  const records = packRows(rowsOf(['{"id":"a"}', '{"id":"ü"}']));

  expect(records.map(({ data }) => data.toString())).toEqual(['{"id":"a"}\n{"id":"ü"}']);
});

test('no rows make no record', () => {
  expect(packRows(createRows())).toEqual([]);
});

test('a record has at most 500 documents', () => {
  const records = packRows(rowsOf(Array.from({ length: 1001 }, () => '{}')));

  expect(records.map(({ first, count }) => [first, count])).toEqual([
    [0, 500],
    [500, 500],
    [1000, 1],
  ]);
});

test('a row of exactly 1,000 KiB is sent alone, one byte more is not taken and leaves the others', () => {
  const rows = createRows();

  const taken = ['{}', rowOf(MAX_RECORD_BYTES + 1), rowOf(MAX_RECORD_BYTES), '[]'].map((row) =>
    addRow(rows, row),
  );

  expect(taken).toEqual([true, false, true, true]);
  expect(packRows(rows).map(({ data }) => data.length)).toEqual([2, MAX_RECORD_BYTES, 2]);
});

test('packing loses nothing, keeps order, and keeps to the target', () => {
  const texts = fc.array(
    fc.oneof(
      fc.json({ maxDepth: 1 }),
      fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
    ),
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 200 }), (rows, target) => {
      const records = packRows(rowsOf(rows), target);

      expect(records.flatMap(({ data }) => data.toString().split('\n'))).toEqual(rows);
      expect(records.reduce((next, { first, count }) => (first === next ? next + count : -1), 0)).toBe(
        rows.length,
      );
      for (const { data, count } of records) expect(count === 1 || data.length <= target).toBe(true);
    }),
  );
});

test.each([200, 600, 1500, 4000])('rows of %i bytes waste at most a tenth of what is billed', (bytes) => {
  const records = packRows(rowsOf(Array.from({ length: 2000 }, () => rowOf(bytes))));

  const payload = records.reduce((sum, { data }) => sum + data.length, 0);
  const billed = records.reduce((sum, { data }) => sum + billedBytes(data.length), 0);

  expect(billed / payload).toBeLessThanOrEqual(1.1);
});

test('a call carries at most 500 records and 4 MiB', () => {
  const small = Array.from({ length: 1200 }, (_, first) => ({ data: Buffer.alloc(1), first, count: 1 }));
  const large = Array.from({ length: 9 }, (_, first) => ({ data: Buffer.alloc(1_000_000), first, count: 1 }));

  expect(inBatches(small).map(({ length }) => length)).toEqual([500, 500, 200]);
  expect(inBatches(large).map(({ length }) => length)).toEqual([4, 4, 1]);
  expect(inBatches([])).toEqual([]);
});
