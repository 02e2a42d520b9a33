import { fileBounds } from '../analyze/bounds.ts';
import { condition } from '../analyze/expression.ts';
import type { Scope } from '../analyze/scope.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { changeRows } from '../iceberg/change-rows.ts';
import { FILE_COLUMN, POSITION_COLUMN } from '../iceberg/scan-view.ts';
import { openTarget, scanTarget, type Target } from '../iceberg/target.ts';
import type { Expression, QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import { openTables } from './open-tables.ts';
import { changed, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/** `DELETE FROM table [WHERE condition]` (https://docs.aws.amazon.com/athena/latest/ug/delete-statement.html). */
export const parseDelete = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('DELETE', 'FROM')) return undefined;
  cursor.noBackticks();
  const name = parseQualifiedName(cursor);
  const where = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : undefined;
  cursor.end();
  return { type: 'DML', kind: 'DELETE', run: (session) => runDelete(name, where, session) };
};

const REFUSALS = {
  view: 'Deleting from views is not supported',
  other: 'Modifying Hive table rows is only supported for transactional tables',
};

const runDelete = async (
  name: QualifiedName,
  where: Expression | undefined,
  session: Session,
): Promise<Outcome> => {
  const opened = openTarget(session, { name, place: target(name, session) }, REFUSALS);
  const { alias } = opened.use;
  const found = `SELECT ${alias}.${FILE_COLUMN} AS ${FILE_COLUMN}, ${alias}.${POSITION_COLUMN} AS ${POSITION_COLUMN} FROM ${alias}${whereSql(where, opened)}`;
  const changes = `${alias}_changes`;
  return failingAsAthena(async () => {
    const scan = await openForChange(session, opened, found);
    await session.connection.run(`CREATE TEMP TABLE ${changes} AS ${found}`);
    await changeRows(session, { target: opened, scan, deleted: `SELECT * FROM ${changes}` });
    return changed(await countRows(session, changes));
  });
};

/** The scope of an expression over the target alone. */
export const targetScope = ({ columns, names }: Target): Scope => ({ columns, names });

/** WHERE over the target, its files left out by what it says. */
export const whereSql = (where: Expression | undefined, opened: Target): string => {
  if (!where) return '';
  const context = { analysis: opened.analysis, scope: targetScope(opened) };
  fileBounds(where, context);
  return ` WHERE ${condition(where, context, 'WHERE clause')}`;
};

/** Makes the target and all else a statement reads readable, and says what is read; `sql` is all that reads it. */
export const openForChange = async (session: Session, opened: Target, sql: string) => {
  const scan = await scanTarget(session, opened);
  const uses = opened.analysis.uses.filter((use) => use !== opened.use);
  await openTables({ uses, sql }, session, [scan.opened]);
  return scan;
};

export const countRows = async ({ connection }: Session, table: string, where = 'TRUE'): Promise<number> => {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table} WHERE ${where}`);
  return Number(reader.getRows()[0]?.[0] ?? 0);
};
