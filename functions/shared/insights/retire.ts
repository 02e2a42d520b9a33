import { inParallel } from '../parallel.ts';
import type { PublishPorts } from './ports.ts';
import { expireRequest, forgetRequest, stayingRequest } from './requests.ts';
import type { StoredItem } from './store.ts';

/** How long whoever has a cursor of an earlier version may go on. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** Updates at a time. */
const PARALLEL = 8;

/** Lets the pages of an earlier version expire a day from now, and then forgets it. Stopped, it is to be done again. */
export const retire = async (
  { store, table, now }: PublishPorts,
  name: string,
  version: string,
): Promise<void> => {
  const epoch = Math.ceil((now().getTime() + DAY_MS) / 1000);
  let after: StoredItem | undefined;
  do {
    const { items, last } = await store.query(stayingRequest(table, name, version, after));
    await inParallel(items, PARALLEL, (key) => store.update(expireRequest(table, key, epoch)));
    after = last;
  } while (after);
  await store.update(forgetRequest(table, name, version));
};
