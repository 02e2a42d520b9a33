import { checksOf } from '../../../core/marts/statements.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';

/** What the checks of a run came to. */
export interface Verdict {
  /** Rows of the run. */
  readonly rows: number;
  /** What does not hold, and how many rows break it; undefined when all holds. */
  readonly error: string | undefined;
}

const breaks = (count: number): string => (count === 1 ? '1 row breaks it' : `${count} rows break it`);

/**
 * Reads the answer of `checkMart`: rows of a check's number and a count. Throws Error for an answer that lacks one.
 *
 * @example
 * verdictOf(query, [['0', '12'], ['1', '0'], ['2', '3']]).error // no two rows have the same day: 3 rows break it
 */
export const verdictOf = (query: SavedQuery, answer: readonly (readonly string[])[]): Verdict => {
  const counts = new Map(answer.map(([check, count]) => [Number(check), Number(count)]));
  const countOf = (check: number): number => {
    const count = counts.get(check);
    if (count !== undefined && Number.isInteger(count)) return count;
    throw new Error(`Athena gave no answer to check ${check} of ${query.name}.`);
  };
  const broken = checksOf(query).flatMap(({ holds }, index) => {
    const count = countOf(index + 1);
    return count === 0 ? [] : [`${holds}: ${breaks(count)}`];
  });
  return { rows: countOf(0), error: broken.length === 0 ? undefined : broken.join('; ') };
};
