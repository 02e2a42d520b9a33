import type { AsOf, Expression, JoinType, QualifiedName, Relation } from '../sql/ast.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { parseQueryText } from '../sql/parse-query.ts';
import { quoteName, type Type } from '../sql/types.ts';
import { fileBounds } from './bounds.ts';
import { coerce, coercible } from './cast.ts';
import { condition } from './expression.ts';
import { unified } from './operators.ts';
import type { Analysis, Column, Found, Names, Planned, Scope, TableUse } from './scope.ts';
import { travelTo } from './travel.ts';
import { planUnnest } from './unnest.ts';

export interface Place {
  readonly parent: Scope | undefined;
  readonly names: Names;
  readonly analysis: Analysis;
}

/** A relation as it stands in a DuckDB FROM, with the columns it brings into scope. */
export interface PlannedRelation {
  readonly sql: string;
  readonly columns: readonly Column[];
}

/** Plans what FROM names: tables, views, WITH queries, subqueries, UNNEST and joins of them. */
export const planRelation = (relation: Relation, place: Place): PlannedRelation => {
  switch (relation.kind) {
    case 'table':
      return planTable(relation.name, place, relation.asOf);
    case 'query':
      return subquery(
        place.analysis.query(relation.query, place.parent, place.names),
        undefined,
        place.analysis,
      );
    case 'unnest':
      return planUnnest(relation, scopeOf([], place), place.analysis);
    case 'alias':
      return alias(relation, place);
    default:
      return join(relation, place);
  }
};

const scopeOf = (columns: readonly Column[], place: Place): Scope => ({
  columns,
  names: place.names,
  ...(place.parent && { parent: place.parent }),
});

/** A table, view or WITH query by its name. */
export const planTable = (name: QualifiedName, place: Place, asOf?: AsOf): PlannedRelation => {
  const { analysis, names } = place;
  const [only] = name.parts;
  const cte = name.parts.length === 1 && only !== undefined ? names.ctes.get(only) : undefined;
  if (cte && !asOf) return subquery(shared(cte), { relation: only as string }, analysis);
  const travel = asOf && travelTo(asOf, analysis.now);
  const found = analysis.find(name.parts, names.database, name.at, travel);
  return found.kind === 'table' ? baseTable(found, analysis) : view(found, name, analysis);
};

/** A WITH query may be read in several places: what one says of its partitions must not bind the others. */
const shared = (cte: Planned): Planned => ({
  sql: cte.sql,
  columns: cte.columns.map(({ name, type }) => ({ name, type })),
});

const baseTable = (found: Extract<Found, { kind: 'table' }>, analysis: Analysis): PlannedRelation => {
  const use: TableUse = {
    alias: analysis.fresh('t'),
    database: found.database,
    name: found.name,
    bounds: [],
    filters: [],
    hidden: new Set(),
    ...(found.source && { source: found.source }),
  };
  analysis.uses.push(use);
  const columns = found.columns.map(({ name, type, partition, hidden = false }): Column => ({
    name,
    relation: found.name,
    database: found.database,
    sql: `${use.alias}.${quoteName(name)}`,
    type,
    ...((partition || found.source) && { partition: { use, column: name } }),
    ...(hidden && { hidden: use }),
  }));
  return { sql: use.alias, columns };
};

const view = (
  found: Extract<Found, { kind: 'view' }>,
  name: QualifiedName,
  analysis: Analysis,
): PlannedRelation => {
  const id = `${found.database}.${found.name}`;
  if (analysis.viewStack.includes(id)) {
    throw new SqlError('VIEW_IS_RECURSIVE', `View '${id}' is recursive`, name.at);
  }
  const inner: Analysis = { ...analysis, viewStack: [...analysis.viewStack, id] };
  const planned = inner.query(parseQueryText(found.sql), undefined, {
    ctes: new Map(),
    database: found.home,
  });
  return subquery(
    asDeclared(planned, found, name, analysis),
    { relation: found.name, database: found.database },
    analysis,
  );
};

/** A view gives the columns it was created with; a query that no longer does is a stale view. */
const asDeclared = (
  planned: Planned,
  found: Extract<Found, { kind: 'view' }>,
  name: QualifiedName,
  analysis: Analysis,
): Planned => {
  const stale = (why: string) =>
    new SqlError(
      'VIEW_IS_STALE',
      `View 'awsdatacatalog.${found.database}.${found.name}' is stale or in invalid state: ${why}`,
      name.at,
    );
  if (planned.columns.length !== found.columns.length)
    throw stale('its query gives another number of columns');
  const q = analysis.fresh('q');
  const items = found.columns.map((declared, index) => {
    const { type } = planned.columns[index] as { type: Type };
    if (!coercible(type, declared.type))
      throw stale(`column [${declared.name}] cannot be read as its declared type`);
    return `${coerce({ sql: `${q}.c${index}`, type }, declared.type, analysis)} AS c${index}`;
  });
  const columns = found.columns.map(({ name: column, type }, index) => ({
    ...planned.columns[index],
    name: column,
    type: keepZone(type, planned.columns[index]?.type),
  }));
  return { sql: `SELECT ${items.join(', ')} FROM (${planned.sql}) AS ${q}`, columns };
};

const keepZone = (declared: Type, actual: Type | undefined): Type =>
  declared.k === 'timestamptz' && actual?.k === 'timestamptz' && actual.zone !== undefined
    ? { ...declared, zone: actual.zone }
    : declared;

const subquery = (
  planned: Planned,
  owner: { relation: string; database?: string } | undefined,
  analysis: Analysis,
): PlannedRelation => {
  const id = analysis.fresh('q');
  const columns = planned.columns.map((column, index): Column => ({
    ...column,
    ...owner,
    sql: `${id}.c${index}`,
  }));
  return { sql: `(${planned.sql}) AS ${id}`, columns };
};

const alias = (relation: Relation & { kind: 'alias' }, place: Place): PlannedRelation =>
  named(relation, planRelation(relation.of, place));

const named = (relation: Relation & { kind: 'alias' }, inner: PlannedRelation): PlannedRelation => {
  const { columns: names } = relation;
  const given = names ? inner.columns.filter((column) => !column.hidden) : inner.columns;
  if (names && names.length !== given.length) {
    const counts = `${names.length} entries but '${relation.name}' has ${given.length} columns available`;
    throw new SqlError('MISMATCHED_COLUMN_ALIASES', `Column alias list has ${counts}`, relation.at);
  }
  const columns = given.map((column, index) => ({
    ...withoutDatabase(column),
    name: names ? names[index] : column.name,
    relation: relation.name,
  }));
  return { sql: inner.sql, columns };
};

/** An aliased table is no longer reached by its database. */
const withoutDatabase = (column: Column): Omit<Column, 'database'> => {
  const copy: { database?: string } & Column = { ...column };
  Reflect.deleteProperty(copy, 'database');
  return copy;
};

const isLateral = (relation: Relation): boolean =>
  relation.kind === 'unnest' ||
  (relation.kind === 'query' && relation.lateral) ||
  (relation.kind === 'alias' && isLateral(relation.of));

const join = (relation: Relation & { kind: 'join' }, place: Place): PlannedRelation => {
  const left = planRelation(relation.left, place);
  const lateral = isLateral(relation.right);
  const right = planRelation(
    relation.right,
    lateral ? { ...place, parent: scopeOf(left.columns, place) } : place,
  );
  const words = relation.type === 'CROSS' ? 'CROSS JOIN' : `${relation.type} JOIN`;
  if (lateral && !['CROSS', 'INNER', 'LEFT'].includes(relation.type)) {
    throw notTranslated(`${relation.type} JOIN with UNNEST or LATERAL`, relation.at);
  }
  const rightSql = `${lateral ? 'LATERAL ' : ''}${relation.right.kind === 'join' ? `(${right.sql})` : right.sql}`;
  const head = `${left.sql} ${words} ${rightSql}`;
  if (relation.using) return usingJoin(head, relation, left, right, place.analysis);
  const columns = [...left.columns, ...right.columns];
  if (!relation.on) return { sql: head, columns };
  joinBounds(relation.on, relation.type, left, right, place);
  return {
    sql: `${head} ON ${condition(relation.on, { analysis: place.analysis, scope: scopeOf(columns, place) }, 'JOIN ON clause')}`,
    columns,
  };
};

/** What ON says spares files of a side whose rows without a match do not come through. */
const joinBounds = (
  on: Expression,
  type: JoinType,
  left: PlannedRelation,
  right: PlannedRelation,
  place: Place,
) => {
  const { analysis } = place;
  if (type === 'INNER' || type === 'RIGHT') fileBounds(on, { analysis, scope: scopeOf(left.columns, place) });
  if (type === 'INNER' || type === 'LEFT') fileBounds(on, { analysis, scope: scopeOf(right.columns, place) });
};

/** USING: each named column once, first and without a relation, then the others of both sides. */
const usingJoin = (
  head: string,
  relation: Relation & { kind: 'join' },
  left: PlannedRelation,
  right: PlannedRelation,
  analysis: Analysis,
): PlannedRelation => {
  const using = relation.using as string[];
  const merged: Column[] = [];
  const on = using.map((name) => {
    const [a, b] = [left, right].map((side) => only(side, name, relation)) as [Column, Column];
    const [x, y, type] = unified('=', a, b, analysis, relation.at);
    merged.push({
      name,
      sql: relation.type === 'RIGHT' ? y : relation.type === 'FULL' ? `coalesce(${x}, ${y})` : x,
      type,
    });
    return `${x} = ${y}`;
  });
  const others = [...left.columns, ...right.columns].filter((column) => !using.includes(column.name ?? ''));
  return { sql: `${head} ON ${on.join(' AND ')}`, columns: [...merged, ...others] };
};

const only = (side: PlannedRelation, name: string, relation: Relation): Column => {
  const found = side.columns.filter((column) => column.name === name);
  if (found.length === 1) return found[0] as Column;
  const what = found.length === 0 ? 'is missing from one side of join' : 'is ambiguous';
  throw new SqlError(
    found.length === 0 ? 'COLUMN_NOT_FOUND' : 'AMBIGUOUS_NAME',
    `Column '${name}' ${what}`,
    relation.at,
  );
};
