import { fileBounds } from '../analyze/bounds.ts';
import { condition } from '../analyze/expression.ts';
import { planRelation } from '../analyze/relation.ts';
import type { Column, Scope } from '../analyze/scope.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { changeRows } from '../iceberg/change-rows.ts';
import { FILE_COLUMN, POSITION_COLUMN } from '../iceberg/scan-view.ts';
import { assigned, fieldIndex, openTarget, type Target } from '../iceberg/target.ts';
import { trinoType } from '../iceberg/types.ts';
import type { Expression, QualifiedName, Relation } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { parseQualifiedName, parseRelation } from '../sql/parse-relation.ts';
import { duckType } from '../sql/types.ts';
import { countRows, openForChange } from './delete.ts';
import { changed, type Outcome, type Session, type Statement } from './statement.ts';
import { parseAssignments } from './update.ts';
import { target } from './view.ts';

interface MergeCase {
  readonly kind: 'update' | 'delete' | 'insert';
  readonly condition: Expression | undefined;
  /** Missing where INSERT names none: all columns in order. */
  readonly columns: readonly string[] | undefined;
  readonly values: readonly Expression[];
}

interface Merge {
  readonly name: QualifiedName;
  readonly alias: string | undefined;
  readonly source: Relation;
  readonly on: Expression;
  readonly cases: readonly MergeCase[];
}

/** `MERGE INTO table USING source ON condition WHEN …` (https://docs.aws.amazon.com/athena/latest/ug/merge-into-statement.html). */
export const parseMerge = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('MERGE', 'INTO')) return undefined;
  cursor.noBackticks();
  const name = parseQualifiedName(cursor);
  const named = cursor.accept('AS') || cursor.atIdentifier();
  const alias = named && !cursor.at('USING') ? cursor.identifier() : undefined;
  cursor.expect('USING');
  const source = parseRelation(cursor);
  cursor.expect('ON');
  const on = cursor.grammar.expression(cursor);
  const cases = [parseCase(cursor)];
  while (cursor.at('WHEN')) cases.push(parseCase(cursor));
  cursor.end();
  const merge = { name, alias, source, on, cases };
  return { type: 'DML', kind: 'MERGE', run: (session) => runMerge(merge, session) };
};

const parseCase = (cursor: Cursor): MergeCase => {
  cursor.expect('WHEN');
  const isNew = cursor.accept('NOT');
  cursor.expect('MATCHED');
  const only = cursor.accept('AND') ? cursor.grammar.expression(cursor) : undefined;
  cursor.expect('THEN');
  if (isNew) return { kind: 'insert', condition: only, ...parseInsertion(cursor) };
  if (cursor.accept('DELETE')) return { kind: 'delete', condition: only, columns: [], values: [] };
  cursor.expect('UPDATE', 'SET');
  const set = parseAssignments(cursor);
  return {
    kind: 'update',
    condition: only,
    columns: set.map(({ column }) => column),
    values: set.map(({ value }) => value),
  };
};

const parseInsertion = (cursor: Cursor) => {
  cursor.expect('INSERT');
  const columns = cursor.at('(')
    ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
    : undefined;
  cursor.expect('VALUES');
  const values = cursor.parenthesized(() => cursor.list(() => cursor.grammar.expression(cursor)));
  return { columns, values };
};

const REFUSALS = {
  view: 'Merging into views is not supported',
  other: 'Modifying Hive table rows is only supported for transactional tables',
};

/** The number of the clause that took a row; -1 where none did. */
const CASE_COLUMN = '"$case"';

const runMerge = async (merge: Merge, session: Session): Promise<Outcome> => {
  const { name } = merge;
  const opened = openTarget(session, { name, place: target(name, session) }, REFUSALS);
  const changes = `${opened.use.alias}_changes`;
  const sql = mergeSql(merge, opened);
  return failingAsAthena(async () => {
    const scan = await openForChange(session, opened, sql);
    await session.connection.run(`CREATE TEMP TABLE ${changes} AS ${sql}`);
    await refuseSeveralMatches(session, changes);
    const of = (...kinds: MergeCase['kind'][]) => {
      const numbers = merge.cases.flatMap(({ kind }, index) => (kinds.includes(kind) ? [index] : []));
      return `${CASE_COLUMN} IN (${[-2, ...numbers].join(', ')})`;
    };
    await changeRows(session, {
      target: opened,
      scan,
      deleted: `SELECT ${FILE_COLUMN}, ${POSITION_COLUMN} FROM ${changes} WHERE ${of('update', 'delete')}`,
      inserted: `SELECT * FROM ${changes} WHERE ${of('update', 'insert')}`,
    });
    return changed(await countRows(session, changes, `${CASE_COLUMN} >= 0`));
  });
};

/** Trino fails when one target row meets several source rows, even where no clause takes any of them. */
const refuseSeveralMatches = async ({ connection }: Session, changes: string) => {
  const reader = await connection.runAndReadAll(
    `SELECT 1 FROM ${changes} WHERE ${POSITION_COLUMN} IS NOT NULL GROUP BY ${FILE_COLUMN}, ${POSITION_COLUMN} HAVING count(*) > 1 LIMIT 1`,
  );
  if (reader.currentRowCount > 0)
    throw new SqlError(
      'MERGE_TARGET_ROW_MULTIPLE_MATCHES',
      'One MERGE target table row matched more than one source row',
    );
};

/** A row a match and a row a source row without one: the place of the target's row, the clause, the columns it gives. */
const mergeSql = (merge: Merge, opened: Target): string => {
  const { use, analysis, names } = opened;
  const ownName = merge.alias ?? opened.table.glue.Name;
  const columns = opened.columns.map((column) => aliased(column, merge.alias));
  const source = planRelation(merge.source, { parent: undefined, names, analysis });
  const scope: Scope = { columns: [...columns, ...source.columns], names };
  const on = condition(merge.on, { analysis, scope }, `The MERGE predicate`);
  fileBounds(merge.on, { analysis, scope: { columns, names } });
  const taken = merge.cases.map((one) => takenSql(one, use.alias, { analysis, scope }));
  const number = `CASE ${taken.map((sql, index) => `WHEN ${sql} THEN ${index}`).join(' ')} ELSE -1 END`;
  const values = casesValues({ ...merge, alias: ownName }, { ...opened, columns }, scope);
  const items = opened.fields.map((field, index) => {
    const branches = taken.map((sql, position) => `WHEN ${sql} THEN ${values[position]?.[index]}`);
    const type = duckType(trinoType(field.type));
    return `CAST(CASE ${branches.join(' ')} END AS ${type}) AS c${index}`;
  });
  const inserts = merge.cases.some(({ kind }) => kind === 'insert');
  const place = [FILE_COLUMN, POSITION_COLUMN].map((column) => `${use.alias}.${column} AS ${column}`);
  const rows = `SELECT ${place.join(', ')}, ${number} AS ${CASE_COLUMN}, ${items.join(', ')} FROM ${source.sql} ${inserts ? 'LEFT' : 'INNER'} JOIN ${use.alias} ON ${on}`;
  return `SELECT * FROM (${rows}) WHERE ${CASE_COLUMN} >= 0 OR ${POSITION_COLUMN} IS NOT NULL`;
};

const aliased = (column: Column, alias: string | undefined): Column => {
  if (alias === undefined) return column;
  const { database: _, ...rest } = column;
  return { ...rest, relation: alias };
};

/** Whether a clause is for this row: the first that is takes it. */
const takenSql = (
  { kind, condition: only }: MergeCase,
  alias: string,
  context: Parameters<typeof condition>[1],
): string => {
  const matched = `${alias}.${POSITION_COLUMN} IS ${kind === 'insert' ? '' : 'NOT '}NULL`;
  return only ? `(${matched} AND ${condition(only, context, 'WHERE clause predicate')})` : matched;
};

/** What each clause gives each column. */
const casesValues = ({ cases, name }: Merge, opened: Target, scope: Scope): string[][] => {
  const { fields, columns, analysis } = opened;
  return cases.map((one, number) => {
    const positions = casePositions(one, fields, name);
    const stored = assigned(
      positions.map((position) => fields[position] as (typeof fields)[number]),
      one.values.map((value) => analysis.expression(value, scope)),
      analysis,
      (table, expressions) =>
        new SqlError(
          'TYPE_MISMATCH',
          `MERGE table column types don't match for MERGE case ${number}, SET expressions: Table: [${table}], Expressions: [${expressions}]`,
          name.at,
        ),
    );
    const others = (index: number) => (one.kind === 'update' ? (columns[index] as Column).sql : 'NULL');
    return fields.map((_, index) => stored[positions.indexOf(index)] ?? others(index));
  });
};

const casePositions = (
  { columns, kind }: MergeCase,
  fields: Target['fields'],
  name: QualifiedName,
): number[] => {
  if (!columns) return fields.map((_, index) => index);
  if (kind === 'delete') return [];
  return columns.map((column, position) => {
    const index = fieldIndex(fields, column);
    if (index < 0)
      throw new SqlError(
        'COLUMN_NOT_FOUND',
        `Merge column name does not exist in target table: ${column}`,
        name.at,
      );
    if (columns.indexOf(column) !== position)
      throw new SqlError(
        'DUPLICATE_COLUMN_NAME',
        `Merge column name is specified more than once: ${column}`,
        name.at,
      );
    return index;
  });
};
