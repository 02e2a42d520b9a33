import type { Typed } from '../analyze/scope.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { commitChange } from '../iceberg/commit.ts';
import { withDraft } from '../iceberg/draft.ts';
import { assigned, fieldIndex, openTarget, type Target } from '../iceberg/target.ts';
import { trinoType } from '../iceberg/types.ts';
import { writeRows } from '../iceberg/write.ts';
import type { QualifiedName, Query } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { startsQuery } from '../sql/parse-expression.ts';
import { parseQuery } from '../sql/parse-query.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import { duckType } from '../sql/types.ts';
import { openTables } from './open-tables.ts';
import { changed, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

interface Insert {
  readonly name: QualifiedName;
  readonly columns: readonly string[] | undefined;
  readonly query: Query;
}

/** `INSERT INTO table [(columns)] query` (https://docs.aws.amazon.com/athena/latest/ug/insert-into.html). */
export const parseInsert = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('INSERT', 'INTO')) return undefined;
  cursor.noBackticks();
  const name = parseQualifiedName(cursor);
  const columns =
    cursor.at('(') && !startsQuery(cursor)
      ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
      : undefined;
  const query = parseQuery(cursor);
  cursor.end();
  const insert = { name, columns, query };
  return { type: 'DML', kind: 'INSERT', leaves: 'files', run: (session) => runInsert(insert, session) };
};

const REFUSALS = {
  view: 'Inserting into views is not supported',
  other: 'The local cloud runs INSERT INTO Iceberg tables only',
};

const runInsert = async (insert: Insert, session: Session): Promise<Outcome> => {
  const { name } = insert;
  const opened = openTarget(session, { name, place: target(name, session) }, REFUSALS);
  const sql = rowsSql(insert, opened);
  const uses = opened.analysis.uses.filter((use) => use !== opened.use);
  await openTables({ uses, sql }, session);
  return withDraft(session, async (draft) => {
    const added = await failingAsAthena(() => writeRows(session, draft, opened.table.metadata, sql));
    const change = { operation: 'append', added, removed: [], needs: [], tolerance: 'all' } as const;
    if (added.length > 0) await commitChange(session, draft, opened.table, change);
    const rows = added.reduce((sum, file) => sum + file.records, 0);
    return changed(
      rows,
      added.map((file) => file.path),
    );
  });
};

/** The query's columns as the table's, in order and of its types. */
const rowsSql = (insert: Insert, { fields, analysis, names }: Target): string => {
  const planned = analysis.query(insert.query, undefined, names);
  const columns = insertColumns(insert, fields);
  const q = analysis.fresh('q');
  const values = planned.columns.map(({ type }, index): Typed => ({ sql: `${q}.c${index}`, type }));
  const taken = columns.map((index) => fields[index] as (typeof fields)[number]);
  const stored = assigned(
    taken,
    values,
    analysis,
    (table, query) =>
      new SqlError(
        'TYPE_MISMATCH',
        `Insert query has mismatched column types: Table: [${table}], Query: [${query}]`,
        insert.name.at,
      ),
  );
  const items = fields.map((field, index) => {
    const given = columns.indexOf(index);
    const sql = given < 0 ? `CAST(NULL AS ${duckType(trinoType(field.type))})` : stored[given];
    return `${sql} AS c${index}`;
  });
  return `SELECT ${items.join(', ')} FROM (${planned.sql}) AS ${q}`;
};

const insertColumns = ({ columns, name }: Insert, fields: Target['fields']): number[] => {
  if (!columns) return fields.map((_, index) => index);
  return columns.map((column, position) => {
    const index = fieldIndex(fields, column);
    if (index < 0)
      throw new SqlError(
        'COLUMN_NOT_FOUND',
        `Insert column name does not exist in target table: ${column}`,
        name.at,
      );
    if (columns.indexOf(column) !== position)
      throw new SqlError(
        'DUPLICATE_COLUMN_NAME',
        `Insert column name is specified more than once: ${column}`,
        name.at,
      );
    return index;
  });
};
