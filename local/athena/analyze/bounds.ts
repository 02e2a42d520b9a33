import type { Comparison, Expression } from '../sql/ast.ts';
import { isInteger, type Type } from '../sql/types.ts';
import { isConstant } from './constant.ts';
import { chain, findColumn } from './resolve.ts';
import type { Bound, Column, ColumnTest, Context, FileTest, Scope, TableUse } from './scope.ts';

/** A condition with its tests on files kept and the rest given up; `unknown` may hold for any file. */
type Condition =
  | { kind: 'unknown' }
  | { kind: 'all' | 'any'; of: readonly Condition[] }
  | { kind: 'test'; use: TableUse; of: FileTest | ColumnTest };

type AnyBound = Bound<FileTest | ColumnTest>;

const UNKNOWN: Condition = { kind: 'unknown' };

const SWAPPED = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
const OPPOSITE = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

/**
 * Notes on each table what a condition says of its partition columns and paths, or of any column where the table has
 * statistics of its files, so that files without a wanted row are not opened. What else the condition says may hold for any file. A partition that is NULL passes no test, and
 * neither does the opposite of one: so it is with every comparison.
 */
export const fileBounds = (condition: Expression, context: Context): void => {
  const known = conditionOf(condition, false, context);
  for (const use of usesIn(known)) {
    const bound = boundOf(known, use);
    const bounds: AnyBound[] = use.source ? use.filters : use.bounds;
    if (bound) bounds.push(...partsOf(bound));
  }
};

const usesIn = (condition: Condition): ReadonlySet<TableUse> => {
  if (condition.kind === 'test') return new Set([condition.use]);
  return new Set(condition.kind === 'unknown' ? [] : condition.of.flatMap((part) => [...usesIn(part)]));
};

/** The part of a condition that speaks of one table; nothing where it may hold for any of its files. */
const boundOf = (condition: Condition, use: TableUse): AnyBound | undefined => {
  if (condition.kind === 'unknown') return undefined;
  if (condition.kind === 'test') return condition.use === use ? condition.of : undefined;
  const parts = condition.of.map((part) => boundOf(part, use));
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0 || (condition.kind === 'any' && known.length < parts.length)) return undefined;
  return { kind: condition.kind, of: known };
};

const partsOf = (bound: AnyBound): readonly AnyBound[] =>
  bound.kind === 'all' ? bound.of.flatMap(partsOf) : [bound];

const conditionOf = (value: Expression, not: boolean, context: Context): Condition => {
  switch (value.kind) {
    case 'logical': {
      const of = [value.left, value.right].map((side) => conditionOf(side, not, context));
      return { kind: (value.op === 'AND') === not ? 'any' : 'all', of };
    }
    case 'not':
      return conditionOf(value.value, !not, context);
    case 'compare':
      return comparison(not ? OPPOSITE[value.op] : value.op, value.left, value.right, context);
    case 'in':
      return test(value.value, value.not === not ? 'in' : 'not in', value.list, context);
    case 'between':
      return between(value, value.not !== not, context);
    case 'like':
      return value.not === not && !value.escape ? like(value.value, value.pattern, context) : UNKNOWN;
    default:
      return UNKNOWN;
  }
};

const comparison = (op: Comparison, left: Expression, right: Expression, context: Context): Condition => {
  const found = test(left, op, [right], context);
  return found.kind === 'unknown' ? test(right, SWAPPED[op], [left], context) : found;
};

const between = (value: Expression & { kind: 'between' }, not: boolean, context: Context): Condition => {
  const low = test(value.value, not ? '<' : '>=', [value.low], context);
  const high = test(value.value, not ? '>' : '<=', [value.high], context);
  return { kind: not ? 'any' : 'all', of: [low, high] };
};

/** A pattern spares the files whose value does not begin like it. */
const like = (value: Expression, pattern: Expression, context: Context): Condition => {
  if (pattern.kind !== 'string') return UNKNOWN;
  const [start = ''] = pattern.value.split(/[%_]/);
  return test(value, start === pattern.value ? '=' : 'starts with', [{ ...pattern, value: start }], context);
};

const test = (
  named: Expression,
  op: FileTest['op'],
  literals: readonly Expression[],
  context: Context,
): Condition => {
  const found = ownColumn(named, context.scope);
  if (!found?.partition) return UNKNOWN;
  const { use, column } = found.partition;
  const of = use.source
    ? columnTest(column, op, literals, context)
    : fileTest(column, op, literals, found.type);
  return of ? { kind: 'test', use, of } : UNKNOWN;
};

const columnTest = (
  column: string,
  op: FileTest['op'],
  values: readonly Expression[],
  { analysis, scope }: Context,
): ColumnTest | undefined =>
  values.every(isConstant)
    ? { kind: 'test', column, op, values: values.map((value) => analysis.expression(value, scope)) }
    : undefined;

const fileTest = (
  column: string,
  op: FileTest['op'],
  literals: readonly Expression[],
  type: Type,
): FileTest | undefined => {
  const as = comparedAs(type);
  const values = as ? literals.map((literal) => literalText(literal, as)) : [undefined];
  return as && values.every((value) => value !== undefined)
    ? { kind: 'test', column, op, values, as }
    : undefined;
};

/** The column a name means in this very SELECT; one of an outer query binds no file here. */
const ownColumn = (value: Expression, scope: Scope): Column | undefined => {
  const parts = chain(value);
  return parts && findColumn(parts, scope);
};

const comparedAs = (type: Type): FileTest['as'] | undefined => {
  if (isInteger(type)) return 'integer';
  if (type.k === 'varchar') return 'text';
  return type.k === 'date' ? 'date' : undefined;
};

const literalText = (value: Expression, as: FileTest['as']): string | undefined => {
  if (as === 'text') return value.kind === 'string' ? value.value : undefined;
  if (as === 'date')
    return value.kind === 'typed' && value.type.k === 'date' ? value.value.trim() : undefined;
  if (value.kind === 'negate') return minus(literalText(value.value, as));
  return value.kind === 'number' && /^\d+$/.test(value.value) ? value.value : undefined;
};

const minus = (digits: string | undefined) =>
  digits === undefined || digits.startsWith('-') ? undefined : `-${digits}`;
