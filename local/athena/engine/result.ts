import type { Type } from '../sql/types.ts';

export interface ResultColumn {
  readonly name: string;
  /** As ColumnInfo names it: `varchar`, `float`, `timestamp with time zone`. */
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
  readonly caseSensitive: boolean;
}

export type Row = readonly (string | undefined)[];

const NAMES: Partial<Record<Type['k'], string>> = { real: 'float', timestamptz: 'timestamp with time zone' };
const PRECISIONS: Partial<Record<Type['k'], number>> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  real: 17,
  double: 17,
  timestamp: 3,
  timestamptz: 3,
};
const UNBOUNDED = 2147483647;

/** A column of a result as GetQueryResults describes it. */
export const resultColumn = (name: string, type: Type): ResultColumn => ({
  name,
  type: NAMES[type.k] ?? type.k,
  precision: precisionOf(type),
  scale: type.k === 'decimal' ? type.s : 0,
  caseSensitive: type.k === 'varchar' || type.k === 'char',
});

const precisionOf = (type: Type): number => {
  if (type.k === 'decimal') return type.p;
  if (type.k === 'varchar' || type.k === 'char') return type.n ?? UNBOUNDED;
  return PRECISIONS[type.k] ?? 0;
};

/** The one text column of what a DDL statement prints. */
export const textColumn = (name: string): ResultColumn => ({
  name,
  type: 'string',
  precision: 0,
  scale: 0,
  caseSensitive: false,
});
