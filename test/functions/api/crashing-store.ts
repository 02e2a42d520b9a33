import type { Store } from '../../../functions/api/store.ts';

/** The process is gone. */
class Crash extends Error {}

/**
 * A store whose process dies at one of its calls, counted from 1: before the call has reached the table, or after,
 * so that nobody hears what became of it. Nothing works any more then. `calls()` is how many were made.
 */
export const crashingStore = (store: Store, at: number, when: 'before' | 'after') => {
  let count = 0;
  const wrap =
    <I, O>(send: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      count += 1;
      if (count > at || (count === at && when === 'before')) throw new Crash();
      const answer = await send(input);
      if (count >= at) throw new Crash();
      return answer;
    };
  const crashing: Store = {
    get: wrap(store.get),
    put: wrap(store.put),
    delete: wrap(store.delete),
    query: wrap(store.query),
    transact: wrap(store.transact),
    batchGet: wrap(store.batchGet),
  };
  return { store: crashing, calls: () => count };
};
