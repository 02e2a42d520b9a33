import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPages, PAGE_BYTES, PAGE_ROWS, type Page } from '../../../core/insights/pages.ts';
import type { InsightRow } from '../../../core/insights/values.ts';

const stream = async function* (rows: readonly InsightRow[]): AsyncGenerator<InsightRow> {
  yield* rows;
};

const cut = (rows: readonly InsightRow[]): Promise<Page[]> =>
  Array.fromAsync(cutPages('sales', stream(rows)));

const smallRows = (count: number): InsightRow[] => Array.from({ length: count }, () => ({ n: 1 }));

const rowsIn = ({ items }: Page): InsightRow[] => JSON.parse(items) as InsightRow[];

describe('pages', () => {
  it('hold every row once, in order, within their limits', async () => {
    const size = fc.constantFrom(1, 10, 1000, 50_000, PAGE_BYTES - 20);
    const sizes = fc.array(size, { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 250 }), async (large, small) => {
        const rows = [...large.map((count) => ({ text: 'x'.repeat(count) })), ...smallRows(small)];
        const pages = await cut(rows);

        expect(pages.flatMap(rowsIn)).toEqual(rows);
        expect(pages.every(({ rows: count }) => count <= PAGE_ROWS)).toBe(true);
        expect(pages.every(({ items }) => Buffer.byteLength(items) <= PAGE_BYTES + 2)).toBe(true);
        expect(pages.reduce((sum, page) => sum + page.rows, 0)).toBe(rows.length);
      }),
      { numRuns: 30 },
    );
  });

  it('are one for an answer without rows', async () => {
    expect(await cut([])).toEqual([{ items: '[]', rows: 0 }]);
  });

  it('are full before the next begins', async () => {
    const counts = async (rows: number) => (await cut(smallRows(rows))).map((page) => page.rows);

    expect([await counts(100), await counts(101), await counts(200)]).toEqual([[100], [100, 1], [100, 100]]);
  });

  it('count bytes, not characters', async () => {
    const row = { text: 'ä'.repeat(PAGE_BYTES / 4) };

    expect((await cut([row, row])).map(({ rows }) => rows)).toEqual([1, 1]);
  });

  it('hold no row larger than they are, and say which', async () => {
    const rows = [{ text: 'x' }, { text: 'x'.repeat(PAGE_BYTES) }];

    await expect(cut(rows)).rejects.toThrow(/^sales\.sql, row 2: it has 262\d{3} bytes, and 262144 can be/);
  });
});
