import type { Relation } from '../sql/ast.ts';
import { SqlError } from '../sql/error.ts';
import { BIGINT, fieldKey, quoteName, typeName } from '../sql/types.ts';
import type { Analysis, Column, Scope, Typed } from './scope.ts';

/**
 * UNNEST as a lateral subquery: arrays side by side, the shorter ones filled with NULL, arrays of rows as a column a
 * field, maps as key and value, and the position where WITH ORDINALITY asks for it.
 */
export const planUnnest = (relation: Relation & { kind: 'unnest' }, scope: Scope, analysis: Analysis) => {
  const lists = relation.items.flatMap((item) => expand(analysis.expression(item, scope), item.at));
  const id = analysis.fresh('u');
  const inner = lists.map(({ sql }, index) => `unnest(${sql}) AS l${index}`);
  if (relation.ordinality) inner.push(`unnest(range(1, ${longest(lists.map((list) => list.sql))} + 1)) AS n`);
  const columns: Column[] = [];
  const outer = lists.flatMap((list, index) =>
    list.columns.map((column) => ({ ...column, sql: `i.l${index}${column.sql}` })),
  );
  if (relation.ordinality) outer.push({ sql: 'i.n', type: BIGINT, name: undefined });
  const items = outer.map((column, index) => {
    columns.push({ name: column.name, type: column.type, sql: `${id}.c${index}` });
    return `${column.sql} AS c${index}`;
  });
  return { sql: `(SELECT ${items.join(', ')} FROM (SELECT ${inner.join(', ')}) AS i) AS ${id}`, columns };
};

const longest = (lists: readonly string[]) =>
  `greatest(${lists.map((list) => `coalesce(len(${list}), 0)`).join(', ')}, 0)`;

interface List {
  readonly sql: string;
  /** What to write after the element to get each column. */
  readonly columns: readonly (Typed & { name: string | undefined })[];
}

const expand = (value: Typed, at: Relation['at']): List[] => {
  const { type, sql } = value;
  if (type.k === 'map') {
    return [
      { sql: `map_keys(${sql})`, columns: [{ name: undefined, sql: '', type: type.key }] },
      { sql: `map_values(${sql})`, columns: [{ name: undefined, sql: '', type: type.value }] },
    ];
  }
  if (type.k !== 'array') throw new SqlError('TYPE_MISMATCH', `Cannot unnest type: ${typeName(type)}`, at);
  if (type.of.k !== 'row') return [{ sql, columns: [{ name: undefined, sql: '', type: type.of }] }];
  const columns = type.of.fields.map((field, index) => ({
    name: field.name,
    sql: `.${quoteName(fieldKey(field, index))}`,
    type: field.type,
  }));
  return [{ sql, columns }];
};
