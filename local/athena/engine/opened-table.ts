import type { Type } from '../sql/types.ts';

/** A column a query reads, or a member of a row in one: `['total', 'amount']`. */
export type ReadColumn = readonly string[];

/** A table as a query reads it. */
export interface OpenedTable {
  /** The name the query reads it by. */
  readonly alias: string;
  /** Every column the query may name. */
  readonly columns: readonly { readonly name: string; readonly type: Type }[];
  /** The bytes Athena would read for some of them. */
  bytes(read: readonly ReadColumn[]): number;
}
