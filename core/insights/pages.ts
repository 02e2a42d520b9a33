import { InsightError } from './error.ts';
import type { InsightRow } from './values.ts';

/** A page is one item, and an item has 400 KB at most: these leave room for what else it holds. */
export const PAGE_ROWS = 100;
export const PAGE_BYTES = 256 * 1024;

/** Some rows of an answer. */
export interface Page {
  /** The rows as a JSON array. */
  readonly items: string;
  readonly rows: number;
}

const toPage = (rows: readonly string[]): Page => ({ items: `[${rows.join(',')}]`, rows: rows.length });

/**
 * Cuts rows into pages as they come, in their order. An answer without rows has one page. Throws InsightError for a row
 * that is larger than a page.
 *
 * @example
 * for await (const page of cutPages('daily_revenue', rows)) await write(page);
 */
export const cutPages = async function* (
  insight: string,
  rows: AsyncIterable<InsightRow>,
): AsyncGenerator<Page, void, undefined> {
  let [page, bytes, count] = [new Array<string>(), 0, 0];
  for await (const row of rows) {
    const text = JSON.stringify(row);
    const size = Buffer.byteLength(text) + 1;
    count += 1;
    if (size > PAGE_BYTES)
      throw new InsightError(
        insight,
        `row ${count}`,
        `it has ${size} bytes, and ${PAGE_BYTES} can be published`,
        'Shorten or leave out its longest column',
      );
    if (page.length === PAGE_ROWS || bytes + size > PAGE_BYTES) {
      yield toPage(page);
      [page, bytes] = [[], 0];
    }
    page.push(text);
    bytes += size;
  }
  if (page.length > 0 || count === 0) yield toPage(page);
};
