import type { Expression, Query, QueryBody, SortItem } from '../sql/ast.ts';
import { SqlError } from '../sql/error.ts';
import { commonType, type Type } from '../sql/types.ts';
import { coerce } from './cast.ts';
import { sharedType } from './expression.ts';
import { orderByOutput, type Output } from './order.ts';
import { planTable } from './relation.ts';
import type { Analysis, Names, Planned, Scope, Typed } from './scope.ts';
import { planSelect } from './select.ts';

/** Gives a query its DuckDB text and the names and Trino types of its columns. */
export const planQuery = (
  query: Query,
  parent: Scope | undefined,
  outer: Names,
  analysis: Analysis,
): Planned => {
  const ctes = new Map(outer.ctes);
  const names: Names = { ctes, database: outer.database };
  const withs = query.with.map((cte) => {
    const planned = renamed(
      analysis.query(cte.query, parent, { ...names, ctes: new Map(ctes) }),
      cte.columns,
      cte.name,
    );
    const id = analysis.fresh('w');
    ctes.set(cte.name, { sql: `SELECT * FROM ${id}`, columns: planned.columns });
    return `${id} AS (${planned.sql})`;
  });
  const planned = planBody(query, parent, names, analysis);
  return {
    sql: `${withs.length > 0 ? `WITH ${withs.join(', ')} ` : ''}${planned.sql}`,
    columns: planned.columns,
  };
};

const renamed = (planned: Planned, columns: readonly string[] | undefined, name: string): Planned => {
  if (!columns) return planned;
  if (columns.length !== planned.columns.length) {
    const counts = `${columns.length} entries but '${name}' has ${planned.columns.length} columns available`;
    throw new SqlError('MISMATCHED_COLUMN_ALIASES', `Column alias list has ${counts}`);
  }
  return {
    sql: planned.sql,
    columns: planned.columns.map((column, index) => ({ ...column, name: columns[index] })),
  };
};

const planBody = (query: Query, parent: Scope | undefined, names: Names, analysis: Analysis): Planned => {
  const { body } = query;
  if (body.kind === 'select') {
    const planned = planSelect(body, query.orderBy, { parent, names, analysis });
    return limited(query, planned);
  }
  const planned = planTerm(body, parent, names, analysis);
  if (query.orderBy.length === 0) return limited(query, wrapped(planned, query, analysis));
  return limited(query, ordered(planned, query.orderBy, names, analysis));
};

const wrapped = (planned: Planned, query: Query, analysis: Analysis): Planned =>
  query.limit || query.offset
    ? {
        sql: `SELECT * FROM (${planned.sql}) AS ${analysis.fresh('q')}`,
        columns: planned.columns.map(withoutPartition),
      }
    : planned;

const withoutPartition = ({ name, type }: Planned['columns'][number]) => ({ name, type });

const ordered = (
  planned: Planned,
  orderBy: readonly SortItem[],
  names: Names,
  analysis: Analysis,
): Planned => {
  const q = analysis.fresh('q');
  const outputs: Output[] = planned.columns.map(({ name, type }, index) => ({
    name,
    typed: { sql: `${q}.c${index}`, type },
  }));
  const scope: Scope = { columns: [], names };
  const by = orderByOutput(orderBy, outputs, { analysis, scope });
  return {
    sql: `SELECT * FROM (${planned.sql}) AS ${q}${by}`,
    columns: planned.columns.map(withoutPartition),
  };
};

const limited = (query: Query, planned: Planned): Planned => {
  if (!query.limit && !query.offset) return planned;
  const limit = query.limit ? ` LIMIT ${rows(query.limit)}` : '';
  const offset = query.offset ? ` OFFSET ${rows(query.offset)}` : '';
  return { sql: `${planned.sql}${limit}${offset}`, columns: planned.columns.map(withoutPartition) };
};

const rows = (value: Expression): string => {
  if (value.kind === 'number' && /^\d+$/.test(value.value)) return value.value;
  throw new SqlError('', `mismatched input. Expecting: <integer>`, value.at);
};

const planTerm = (body: QueryBody, parent: Scope | undefined, names: Names, analysis: Analysis): Planned => {
  switch (body.kind) {
    case 'select':
      return planSelect(body, [], { parent, names, analysis });
    case 'nested':
      return planNested(body.query, parent, names, analysis);
    case 'values':
      return planValues(body.rows, { parent, names, analysis });
    case 'table':
      return planTableBody(body, { parent, names, analysis });
    default:
      return planSet(body, parent, names, analysis);
  }
};

const planNested = (query: Query, parent: Scope | undefined, names: Names, analysis: Analysis): Planned => {
  const planned = analysis.query(query, parent, names);
  return { sql: `(${planned.sql})`, columns: planned.columns };
};

interface Place {
  readonly parent: Scope | undefined;
  readonly names: Names;
  readonly analysis: Analysis;
}

const planTableBody = (body: Extract<QueryBody, { kind: 'table' }>, place: Place): Planned => {
  const relation = planTable(body.name, place);
  const shown = relation.columns.filter((column) => !column.hidden);
  const columns = shown.map((column, index) => `${column.sql} AS c${index}`);
  return {
    sql: `SELECT ${columns.join(', ')} FROM ${relation.sql}`,
    columns: shown.map(({ name, type, partition }) => ({
      name,
      type,
      ...(partition && { partition }),
    })),
  };
};

const planValues = (rowValues: readonly Expression[], place: Place): Planned => {
  const scope: Scope = { columns: [], names: place.names, ...(place.parent && { parent: place.parent }) };
  const table = rowValues.map((row) =>
    (row.kind === 'row' ? row.items : [row]).map((item) => place.analysis.expression(item, scope)),
  );
  const [first = []] = table;
  const at = rowValues[0]?.at ?? { line: 1, column: 1 };
  if (table.some((row) => row.length !== first.length)) {
    throw new SqlError('TYPE_MISMATCH', 'Values rows have mismatched types', at);
  }
  const types = first.map((_, index) =>
    sharedType(
      table.map((row) => row[index] as Typed),
      'Values rows',
      at,
    ),
  );
  const text = table.map(
    (row) => `(${row.map((item, i) => coerce(item, types[i] as Type, place.analysis)).join(', ')})`,
  );
  const names = types.map((_, index) => `c${index}`).join(', ');
  return {
    sql: `SELECT * FROM (VALUES ${text.join(', ')}) AS ${place.analysis.fresh('q')}(${names})`,
    columns: types.map((type) => ({ name: undefined, type })),
  };
};

const planSet = (
  body: Extract<QueryBody, { kind: 'set' }>,
  parent: Scope | undefined,
  names: Names,
  analysis: Analysis,
): Planned => {
  const [left, right] = [body.left, body.right].map((side) => planTerm(side, parent, names, analysis)) as [
    Planned,
    Planned,
  ];
  if (left.columns.length !== right.columns.length) {
    const message = `${body.op} query has different number of fields: ${left.columns.length}, ${right.columns.length}`;
    throw new SqlError('TYPE_MISMATCH', message, body.at);
  }
  const columns = left.columns.map(({ name, type }, index) => {
    const common = commonType(type, (right.columns[index] as { type: Type }).type);
    if (common) return { name, type: common };
    throw new SqlError(
      'TYPE_MISMATCH',
      `column ${index + 1} in ${body.op} query has incompatible types`,
      body.at,
    );
  });
  const sides = [left, right].map((side) =>
    aligned(
      side,
      columns.map((column) => column.type),
      analysis,
    ),
  );
  return { sql: `(${sides[0]} ${body.op}${body.all ? ' ALL' : ''} ${sides[1]})`, columns };
};

/** A side of a set operation with every column read as the type the sides share. */
const aligned = (side: Planned, types: readonly Type[], analysis: Analysis): string => {
  const q = analysis.fresh('q');
  const items = side.columns.map((column, index) => {
    const sql = coerce({ sql: `${q}.c${index}`, type: column.type }, types[index] as Type, analysis);
    return `${sql} AS c${index}`;
  });
  return `(SELECT ${items.join(', ')} FROM (${side.sql}) AS ${q})`;
};
