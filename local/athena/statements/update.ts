import { failingAsAthena } from '../engine/failing.ts';
import type { Column } from '../analyze/scope.ts';
import { changeRows } from '../iceberg/change-rows.ts';
import { FILE_COLUMN, POSITION_COLUMN } from '../iceberg/scan-view.ts';
import { assigned, fieldIndex, openTarget, type Target } from '../iceberg/target.ts';
import type { Expression, QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import { countRows, openForChange, targetScope, whereSql } from './delete.ts';
import { changed, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/** `column = value`. */
export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

interface Update {
  readonly name: QualifiedName;
  readonly set: readonly Assignment[];
  readonly where: Expression | undefined;
}

/** `UPDATE table SET column = value, … [WHERE condition]` (https://docs.aws.amazon.com/athena/latest/ug/update-statement.html). */
export const parseUpdate = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('UPDATE')) return undefined;
  cursor.noBackticks();
  const name = parseQualifiedName(cursor);
  cursor.expect('SET');
  const set = parseAssignments(cursor);
  const where = cursor.accept('WHERE') ? cursor.grammar.expression(cursor) : undefined;
  cursor.end();
  const update = { name, set, where };
  return { type: 'DML', kind: 'UPDATE', run: (session) => runUpdate(update, session) };
};

/** Reads `a = 1, b = 2`. */
export const parseAssignments = (cursor: Cursor): Assignment[] =>
  cursor.list(() => {
    const column = cursor.identifier();
    cursor.expect('=');
    return { column, value: cursor.grammar.expression(cursor) };
  });

const REFUSALS = {
  view: 'Updating through views is not supported',
  other: 'Modifying Hive table rows is only supported for transactional tables',
};

const runUpdate = async (update: Update, session: Session): Promise<Outcome> => {
  const { name } = update;
  const opened = openTarget(session, { name, place: target(name, session) }, REFUSALS);
  const { alias } = opened.use;
  const values = updatedValues(update, opened).map((sql, index) => `${sql} AS c${index}`);
  const where = whereSql(update.where, opened);
  const found = `SELECT ${alias}.${FILE_COLUMN} AS ${FILE_COLUMN}, ${alias}.${POSITION_COLUMN} AS ${POSITION_COLUMN}, ${values.join(', ')} FROM ${alias}${where}`;
  const changes = `${alias}_changes`;
  return failingAsAthena(async () => {
    const scan = await openForChange(session, opened, found);
    await session.connection.run(`CREATE TEMP TABLE ${changes} AS ${found}`);
    const deleted = `SELECT ${FILE_COLUMN}, ${POSITION_COLUMN} FROM ${changes}`;
    await changeRows(session, { target: opened, scan, deleted, inserted: `SELECT * FROM ${changes}` });
    return changed(await countRows(session, changes));
  });
};

/** All columns of the rows as they will be. */
const updatedValues = ({ set, name }: Update, opened: Target): string[] => {
  const { fields, columns, analysis } = opened;
  const scope = targetScope(opened);
  const positions = set.map(({ column }, index) => {
    const found = fieldIndex(fields, column);
    if (found < 0)
      throw new SqlError('COLUMN_NOT_FOUND', `The UPDATE SET target column ${column} doesn't exist`, name.at);
    if (set.findIndex((one) => one.column === column) !== index)
      throw new SqlError(
        'DUPLICATE_COLUMN_NAME',
        `The UPDATE SET target column ${column} is named twice`,
        name.at,
      );
    return found;
  });
  const stored = assigned(
    positions.map((position) => fields[position] as (typeof fields)[number]),
    set.map(({ value }) => analysis.expression(value, scope)),
    analysis,
    (table, expressions) =>
      new SqlError(
        'TYPE_MISMATCH',
        `UPDATE table column types don't match SET expressions: Table: [${table}], Expressions: [${expressions}]`,
        name.at,
      ),
  );
  return fields.map((_, index) => stored[positions.indexOf(index)] ?? (columns[index] as Column).sql);
};
