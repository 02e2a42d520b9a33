import type { Expression, GroupItem, Select, SelectItem, SortItem } from '../sql/ast.ts';
import { SqlError } from '../sql/error.ts';
import { fileBounds } from './bounds.ts';
import { condition } from './expression.ts';
import { orderByOutput, type Output } from './order.ts';
import { planRelation } from './relation.ts';
import { chain, expandAll } from './resolve.ts';
import type { Analysis, Context, Names, Planned, PlannedColumn, Scope, Typed } from './scope.ts';

interface Place {
  readonly parent: Scope | undefined;
  readonly names: Names;
  readonly analysis: Analysis;
}

/** One SELECT with the ORDER BY that follows it, since that may name both its columns and its source's. */
export const planSelect = (select: Select, orderBy: readonly SortItem[], place: Place): Planned => {
  const { analysis } = place;
  const from = select.from ? planRelation(select.from, place) : { sql: '', columns: [] };
  const scope: Scope = {
    columns: from.columns,
    names: place.names,
    windows: select.windows,
    ...(place.parent && { parent: place.parent }),
  };
  const context: Context = { analysis, scope };
  const where = select.where ? ` WHERE ${condition(select.where, context, 'WHERE clause')}` : '';
  if (select.where) fileBounds(select.where, context);
  const outputs = select.items.flatMap((item) => planItem(item, context));
  const groupBy = select.groupBy
    ? ` GROUP BY ${select.groupBy.map((item) => group(item, outputs, context)).join(', ')}`
    : '';
  const having = select.having ? ` HAVING ${condition(select.having, context, 'HAVING clause')}` : '';
  const order = orderByOutput(orderBy, outputs, context, select.distinct);
  const items = outputs.map((output, index) => `${output.typed.sql} AS c${index}`).join(', ');
  const source = from.sql === '' ? '' : ` FROM ${from.sql}`;
  const through = passesRowsThrough(select);
  return {
    sql: `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items}${source}${where}${groupBy}${having}${order}`,
    columns: outputs.map((output) => planned(output, through)),
  };
};

/** Whether leaving source rows out cannot change what the other rows give. */
const passesRowsThrough = (select: Select): boolean =>
  !select.groupBy && !JSON.stringify(select.items).includes('"over":');

const planned = ({ name, typed }: Output, through: boolean): PlannedColumn => ({
  name,
  type: typed.type,
  ...(through && typed.partition && { partition: typed.partition }),
});

const planItem = (item: SelectItem, context: Context): Output[] => {
  if (item.kind === 'column') {
    const typed = context.analysis.expression(item.value, context.scope);
    return [{ name: item.alias ?? nameOf(item.value), typed }];
  }
  const relation = item.of && chain(item.of);
  if (item.of && !relation)
    throw new SqlError('NOT_SUPPORTED', 'The local cloud does not expand a row with .*', item.at);
  const columns = expandAll(context.scope, relation, item.at);
  if (columns.length === 0)
    throw new SqlError('COLUMN_NOT_FOUND', 'SELECT * not allowed from relation that has no columns', item.at);
  return columns.map((column) => ({ name: column.name, typed: column }));
};

const nameOf = (value: Expression): string | undefined => {
  if (value.kind === 'name') return value.name;
  return value.kind === 'member' ? value.field : undefined;
};

const group = (item: GroupItem, outputs: readonly Output[], context: Context): string => {
  const sets = (lists: readonly Expression[][]) =>
    lists.map((set) => `(${set.map((value) => groupKey(value, outputs, context)).join(', ')})`).join(', ');
  switch (item.kind) {
    case 'simple':
      return groupKey(item.value, outputs, context);
    case 'sets':
      return `GROUPING SETS (${sets(item.sets)})`;
    default:
      return `${item.kind.toUpperCase()} (${sets(item.sets)})`;
  }
};

const groupKey = (value: Expression, outputs: readonly Output[], context: Context): string => {
  if (value.kind !== 'number') return context.analysis.expression(value, context.scope).sql;
  const output: { typed: Typed } | undefined = outputs[Number(value.value) - 1];
  if (output) return output.typed.sql;
  throw new SqlError(
    'INVALID_COLUMN_REFERENCE',
    `GROUP BY position ${value.value} is not in select list`,
    value.at,
  );
};
