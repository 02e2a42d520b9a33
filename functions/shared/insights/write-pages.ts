import type { Page } from '../../../core/insights/pages.ts';
import type { PublishPorts } from './ports.ts';
import { pagesRequest } from './requests.ts';
import type { StoredItem } from './store.ts';

/** Most items of one BatchWriteItem. */
const BATCH = 25;
const TRIES = 10;
const LONGEST_PAUSE_MS = 5000;

/** Writes some pages; DynamoDB may leave some of them for another try. */
const writeBatch = async (
  { store, table, wait }: PublishPorts,
  items: readonly StoredItem[],
): Promise<void> => {
  if (items.length === 0) return;
  let left = pagesRequest(table, items).RequestItems ?? {};
  for (let attempt = 1; ; attempt += 1) {
    left = await store.batchWrite({ RequestItems: left });
    const count = left[table]?.length ?? 0;
    if (count === 0) return;
    if (attempt === TRIES)
      throw new Error(`DynamoDB left ${count} pages of insights unwritten, ${TRIES} times. Publish again.`);
    await wait(Math.random() * Math.min(20 * 2 ** attempt, LONGEST_PAUSE_MS));
  }
};

/**
 * Writes pages as they come, all but the first: that one belongs into the head, and is answered with the count of pages and
 * rows. At most a batch of them is in memory.
 */
export const writePages = async (
  ports: PublishPorts,
  pages: AsyncIterable<Page>,
  toItem: (page: Page, position: number) => StoredItem,
): Promise<{ first: Page; count: number; rows: number }> => {
  let [first, batch]: [Page | undefined, StoredItem[]] = [undefined, []];
  let [count, rows] = [0, 0];
  for await (const page of pages) {
    if (first) batch.push(toItem(page, count));
    first ??= page;
    [count, rows] = [count + 1, rows + page.rows];
    if (batch.length < BATCH) continue;
    await writeBatch(ports, batch);
    batch = [];
  }
  await writeBatch(ports, batch);
  if (!first) throw new TypeError('an answer has a page at least');
  return { first, count, rows };
};
