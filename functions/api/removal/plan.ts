import { counterOf, membershipOf, uniqueGuards } from '../../../core/table/guards.ts';
import { inParallel } from '../../shared/parallel.ts';
import { readGuards } from '../batch-read.ts';
import { linksOf, referrersOf } from '../references.ts';
import { consequencesOf, ruleOf } from '../rules/apply.ts';
import type { RuleContext } from '../rules/rule.ts';
import type { Service } from '../service.ts';
import type { StoredItem } from '../store.ts';
import { refuseHeld, withDependants } from './collect.ts';
import { holder, referredBy, type Counted, type Leaving, type Removal } from './removal.ts';

const RULES_AT_ONCE = 16;

const heldOf = ({ model, record }: Leaving): string[] =>
  uniqueGuards(model.entity, record).map(({ guard }) => guard);

const countedOf = ({ model, record }: Leaving): Counted[] =>
  linksOf(model, record).map(({ field, value }) => ({
    membership: membershipOf(model.entity, field, record),
    counter: counterOf(model.entity, field, value),
  }));

/** Guards of what was imported, or is older than its guard, are not there, or another's. */
const guarded = (service: Service, one: Leaving, guards: ReadonlyMap<string, StoredItem>) => ({
  held: heldOf(one).filter((guard) => guards.get(guard)?.holder?.S === holder(one)),
  counted: countedOf(one).filter(({ membership }) => guards.has(membership)),
  counters: referrersOf(service, one.model).map((referrer) => ({
    guard: counterOf(referrer.model.entity, referrer.field, referredBy(one)),
    referrer,
  })),
});

/**
 * All that goes with a record, each with what has to be written for it. It only reads. Throws ProblemError: that of a
 * rule, or `still-referenced` when a record that stays holds one that is to go, or when too many would go.
 */
export const planRemoval = async (
  service: Service,
  root: Leaving,
  context: RuleContext,
): Promise<Removal[]> => {
  const leaving = await withDependants(service, root);
  await refuseHeld(service, leaving);
  return removalsOf(service, leaving, context);
};

/** Records that are to go together, each with what has to be written for it. It only reads. */
export const removalsOf = async (
  service: Service,
  leaving: readonly Leaving[],
  context: RuleContext,
): Promise<Removal[]> => {
  const memberships = leaving.flatMap(countedOf).map(({ membership }) => membership);
  const guards = await readGuards(service, [...new Set([...leaving.flatMap(heldOf), ...memberships])]);
  return inParallel(leaving, RULES_AT_ONCE, async (one) => {
    const { beforeDelete } = ruleOf(service, one.model.entity.name);
    const { changes = [] } = await consequencesOf(beforeDelete, one.record, context);
    const bytes = Buffer.byteLength(JSON.stringify(one.record));
    return { ...one, ...guarded(service, one, guards), bytes, changes };
  });
};
