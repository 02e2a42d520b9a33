import { commit, isOvertaken } from '../commit.ts';
import type { Circumstances } from '../rules/apply.ts';
import type { Service } from '../service.ts';
import type { Removal } from './removal.ts';
import { transactionsOf } from './transactions.ts';
import { removalWrites } from './writes.ts';

/** False when a transaction, but not the first, met a change since the plan was made: then what is left is planned anew. */
export const commitRemoval = async (
  service: Service,
  removals: readonly Removal[],
  at: Circumstances,
): Promise<boolean> => {
  for (const [done, transaction] of transactionsOf(removals).entries())
    try {
      await commit(service, await removalWrites(service, transaction, at));
    } catch (error) {
      if (done > 0 && isOvertaken(error)) return false;
      throw error;
    }
  return true;
};
