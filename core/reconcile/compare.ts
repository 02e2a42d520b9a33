/** What a table has of a key: its version and the digest of its state, or null when it has no such record. */
export type TableState = { readonly version: number; readonly digest: string } | null;

/** The newest change the lake has of a key. `digest` is of its state, as text; `wasRemoved`: a removal of it was ever heard of. */
export interface LakeState {
  readonly operation: string;
  readonly sequence: string;
  readonly version: number;
  readonly digest: string;
  readonly wasRemoved: boolean;
}

/**
 * How a key differs. `missing`: the table has it, the lake does not show it. `extra`: the lake shows what the table has not.
 * `resurrected`: extra, although the lake has heard of its removal. `stale`: both have it, and not the same of it.
 */
export type Kind = 'missing' | 'extra' | 'stale' | 'resurrected';

/** How what the table has differs from what the lake shows, or undefined if it does not. */
export const kindOf = (table: TableState, lake: LakeState | undefined): Kind | undefined => {
  const shown = lake?.operation === 'remove' ? undefined : lake;
  if (table === null) {
    if (!shown) return undefined;
    return shown.wasRemoved ? 'resurrected' : 'extra';
  }
  if (!shown) return 'missing';
  return shown.digest === table.digest ? undefined : 'stale';
};

const isSame = (one: TableState, other: TableState): boolean => one?.digest === other?.digest;

/** A key that seemed to differ, and the table's state of it that the lake was last compared with. */
export interface Candidate {
  readonly key: string;
  readonly table: TableState;
  /** Epoch milliseconds since when the table has been so, as far as is known. */
  readonly since: number;
}

/** A look at a candidate: the lake, and then the table. `asked` is when the lake was, `at` when the table was; epoch milliseconds. */
export interface Look {
  readonly table: TableState;
  readonly asked: number;
  readonly at: number;
  readonly lake: LakeState | undefined;
}

/** What a look says of a candidate: it is no difference, it is one, or the next look decides. */
export type Judgement =
  | { readonly verdict: 'equal' }
  | { readonly verdict: 'differs'; readonly kind: Kind }
  | { readonly verdict: 'again'; readonly candidate: Candidate };

/** Whether the lake shows a state between the two: it follows a record that changes. */
const isBetween = (before: TableState, after: TableState, lake: LakeState | undefined): boolean => {
  if (!kindOf(before, lake)) return true;
  return (
    before !== null &&
    after !== null &&
    lake !== undefined &&
    before.version < lake.version &&
    lake.version < after.version
  );
};

/**
 * Judges a candidate. It differs only when the table was the same before and after the lake was asked, and for so long before
 * that the lake must have it. While a record changes, a lake that shows what it was on the way does not differ.
 */
export const judge = (candidate: Candidate, look: Look, patience: number): Judgement => {
  const kind = kindOf(look.table, look.lake);
  if (!kind) return { verdict: 'equal' };
  if (!isSame(candidate.table, look.table))
    return isBetween(candidate.table, look.table, look.lake)
      ? { verdict: 'equal' }
      : { verdict: 'again', candidate: { key: candidate.key, table: look.table, since: look.at } };
  return look.asked - candidate.since >= patience
    ? { verdict: 'differs', kind }
    : { verdict: 'again', candidate };
};
