import { ProblemError } from '../../../core/http/problem.ts';
import { linksOf } from '../references.ts';
import { identity, identityOf, type Removal } from './removal.ts';

/**
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 * A transaction is of at most 4 MB. Whether a deleted item counts is not said, so it does; the rest is for what rules
 * write.
 */
const LIMITS = { items: 100, bytes: 3 * 1024 * 1024 } as const;

type Targets = (removal: Removal) => string[];

const referredTo: Targets = ({ model, record }) =>
  linksOf(model, record).map(({ target, value }) => identity(target, [value]));

const touched: Targets = (removal) => [
  ...referredTo(removal),
  ...removal.changes.map(({ entity, key }) => identity(entity, [key])),
];

/** Those that are no target of the others. */
const freeOf = (removals: readonly Removal[], targets: Targets): Removal[] => {
  const held = new Set(
    removals.flatMap((removal) => targets(removal).filter((target) => target !== identityOf(removal))),
  );
  return removals.filter((removal) => !held.has(identityOf(removal)));
};

/**
 * Who refers goes before what it refers to, and whose rule changes another before that one where it can be; those that
 * refer to each other in a circle, and what they hold, go at once.
 */
const inOrder = (removals: readonly Removal[]): Removal[][] => {
  const steps: Removal[][] = [];
  let left = removals;
  while (left.length > 0) {
    const best = freeOf(left, touched);
    const free = best.length > 0 ? best : freeOf(left, referredTo);
    if (free.length === 0) return [...steps, [...left]];
    steps.push(...free.map((removal) => [removal]));
    const gone = new Set(free);
    left = left.filter((removal) => !gone.has(removal));
  }
  return steps;
};

const itemsOf = (removal: Removal): string[] => [
  identityOf(removal),
  ...removal.held,
  ...removal.counted.flatMap(({ membership, counter }) => [membership, counter]),
  ...removal.counters.map(({ guard }) => guard),
  ...removal.changes.map(({ entity, key }) => identity(entity, [key])),
];

const fits = (removals: readonly Removal[]): boolean =>
  new Set(removals.flatMap(itemsOf)).size <= LIMITS.items &&
  removals.reduce((sum, { bytes }) => sum + bytes, 0) <= LIMITS.bytes;

const circle = (): ProblemError =>
  new ProblemError(
    'still-referenced',
    'Records that would go refer to each other in a circle, too many of them to go at once. Change one of them first.',
  );

/**
 * The removals as transactions, in the order in which they have to be done: one if they fit one, else as few as that.
 * After each of them nothing refers to what has gone. Throws ProblemError `still-referenced` for a circle of records
 * that fits no transaction.
 */
export const transactionsOf = (removals: readonly Removal[]): Removal[][] => {
  const transactions: Removal[][] = [];
  let current: Removal[] = [];
  for (const step of inOrder(removals)) {
    if (step.length > 1 && !fits(step)) throw circle();
    const together = [...current, ...step];
    if (current.length > 0 && !fits(together)) transactions.push(current);
    current = current.length === 0 || fits(together) ? together : step;
  }
  return [...transactions, current];
};
