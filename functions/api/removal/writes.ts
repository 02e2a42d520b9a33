import { sameJson } from '../../../core/http/patch.ts';
import { deleteCommand, keyOf } from '../commands.ts';
import { Stale, type Write } from '../commit.ts';
import { ownDelete } from '../own-store.ts';
import { count, uncounted } from '../references.ts';
import { changeWrites, type Circumstances } from '../rules/apply.ts';
import type { Change } from '../rules/rule.ts';
import type { Service } from '../service.ts';
import { release } from '../unique.ts';
import { stillReferenced } from './collect.ts';
import { holder, identity, identityOf, type Leaving, type Removal } from './removal.ts';

const recordWrite = ({ model, record, bound }: Leaving): Write => {
  const gone = deleteCommand(model, keyOf(model, record), Number(record.version));
  return { item: { Delete: bound ? ownDelete(gone, bound) : gone }, refusal: () => undefined };
};

/** How many of these removals each counter counts. */
const countsOf = (removals: readonly Removal[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { counter } of removals.flatMap(({ counted }) => counted))
    counts.set(counter, (counts.get(counter) ?? 0) + 1);
  return counts;
};

/** The counter of what goes, too, goes when it counts those that go with it and nobody else. */
const counterWrite = (
  { guards }: Service,
  { model }: Removal,
  { guard, referrer }: Removal['counters'][number],
  counted: number,
): Write => ({
  item: {
    Delete: {
      TableName: guards,
      Key: { guard: { S: guard } },
      ConditionExpression: `${counted === 0 ? 'attribute_not_exists(#count) OR ' : ''}#count = :counted`,
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':counted': { N: String(counted) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
  refusal: (found) =>
    referrer.onDelete === 'refuse' && Number(found?.count?.N ?? 0) > counted
      ? stillReferenced(model, referrer)
      : undefined,
});

const counterWrites = (service: Service, removals: readonly Removal[]): Write[] => {
  const counts = countsOf(removals);
  const gone = removals.flatMap((removal) =>
    removal.counters.map((counter) => {
      const write = counterWrite(service, removal, counter, counts.get(counter.guard) ?? 0);
      counts.delete(counter.guard);
      return write;
    }),
  );
  return [...gone, ...[...counts].map(([guard, counted]) => count(service, guard, -counted))];
};

/** Two changes of one record as one. Throws Stale when they were made of different states of it. */
const merged = (one: Change, other: Change): Change => {
  const differs = ([name, value]: [string, unknown]): boolean =>
    Object.hasOwn(other.while ?? {}, name) && !sameJson(other.while?.[name], value);
  if (Object.entries(one.while ?? {}).some(differs)) throw new Stale();
  const add: Record<string, number> = { ...one.add };
  for (const [name, amount] of Object.entries(other.add)) add[name] = (add[name] ?? 0) + amount;
  return { ...one, add, while: { ...one.while, ...other.while } };
};

/** What the rules change of records that stay: each record once. */
const changesOf = (removals: readonly Removal[]): Change[] => {
  const going = new Set(removals.map(identityOf));
  const changes = new Map<string, Change>();
  for (const change of removals.flatMap((removal) => removal.changes)) {
    const changed = identity(change.entity, [change.key]);
    const earlier = changes.get(changed);
    if (!going.has(changed)) changes.set(changed, earlier ? merged(earlier, change) : change);
  }
  return [...changes.values()];
};

/** All that one transaction writes: its records, their guards, and what their rules change, each item once. */
export const removalWrites = async (
  service: Service,
  removals: readonly Removal[],
  at: Circumstances,
): Promise<Write[]> => [
  ...removals.map(recordWrite),
  ...removals.flatMap((removal) => removal.held.map((guard) => release(service, guard, holder(removal)))),
  ...removals.flatMap(({ counted }) => counted.map(({ membership }) => uncounted(service, membership))),
  ...counterWrites(service, removals),
  ...(await changeWrites(service, changesOf(removals), at)),
];
