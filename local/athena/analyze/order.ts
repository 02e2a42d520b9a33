import type { Expression, SortItem } from '../sql/ast.ts';
import { SqlError } from '../sql/error.ts';
import type { Context, Typed } from './scope.ts';

/** A column of the result, as ORDER BY can name it. */
export interface Output {
  readonly name: string | undefined;
  readonly typed: Typed;
}

const direction = (item: SortItem) =>
  `${item.descending ? ' DESC' : ' ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;

/** ORDER BY inside an aggregate or a window: over the source only. */
export const orderBySource = (items: readonly SortItem[], { analysis, scope }: Context): string =>
  items.length === 0
    ? ''
    : ` ORDER BY ${items.map((item) => analysis.expression(item.value, scope).sql + direction(item)).join(', ')}`;

/** ORDER BY of a query: a column number, an output's name, or an expression where outputs come before the source. */
export const orderByOutput = (
  items: readonly SortItem[],
  outputs: readonly Output[],
  context: Context,
  distinct = false,
): string => {
  if (items.length === 0) return '';
  return ` ORDER BY ${items.map((item) => place(item, outputs, context, distinct) + direction(item)).join(', ')}`;
};

const place = (item: SortItem, outputs: readonly Output[], context: Context, distinct: boolean): string => {
  const { value } = item;
  if (value.kind === 'number') return ordinal(value.value, outputs.length, item);
  const named = value.kind === 'name' ? outputs.filter((output) => output.name === value.name) : [];
  if (new Set(named.map((output) => output.typed.sql)).size > 1 && value.kind === 'name') {
    throw new SqlError('AMBIGUOUS_NAME', `Column '${value.text}' is ambiguous`, value.at);
  }
  if (named[0]) return String(outputs.indexOf(named[0]) + 1);
  const { sql } = context.analysis.expression(value, scopeOf(value, outputs, context));
  const same = outputs.findIndex((output) => output.typed.sql === sql);
  if (same >= 0) return String(same + 1);
  if (!distinct) return sql;
  throw new SqlError(
    'EXPRESSION_NOT_IN_DISTINCT',
    'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
    value.at,
  );
};

/** The source's own scope unless the expression names an output: equal expressions of one scope have one text. */
const scopeOf = (value: Expression, outputs: readonly Output[], context: Context) => {
  const text = JSON.stringify(value);
  const named = outputs.some(
    ({ name }) => name !== undefined && text.includes(`"name":${JSON.stringify(name)}`),
  );
  return named ? outputScope(outputs, context) : context.scope;
};

const outputScope = (outputs: readonly Output[], { scope }: Context) => ({
  columns: outputs
    .filter((output) => output.name !== undefined)
    .map(({ name, typed }) => ({ ...typed, name })),
  parent: scope,
  names: scope.names,
  ...(scope.windows && { windows: scope.windows }),
});

const ordinal = (text: string, count: number, item: SortItem): string => {
  const position = Number(text);
  if (Number.isInteger(position) && position >= 1 && position <= count) return text;
  throw new SqlError(
    'INVALID_COLUMN_REFERENCE',
    `ORDER BY position ${text} is not in select list`,
    item.value.at,
  );
};
