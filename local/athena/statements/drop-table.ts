import { dropIcebergTable } from '../iceberg/drop.ts';
import { isIceberg } from '../iceberg/table.ts';
import type { QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { hiveName } from './ddl.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/** `DROP TABLE [IF EXISTS] name` (https://docs.aws.amazon.com/athena/latest/ug/drop-table.html). */
export const parseDropTable = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('DROP', 'TABLE')) return undefined;
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = hiveName(cursor);
  cursor.end();
  return { type: 'DDL', kind: 'DROP_TABLE', run: async (session) => dropTable(name, ifExists, session) };
};

const dropTable = (name: QualifiedName, ifExists: boolean, session: Session): Outcome => {
  const place = target(name, session);
  session.authorizeGlue('glue:GetTable', place.database, place.name);
  const table = session.catalog.getTable(place.database, place.name);
  if (!table) {
    if (ifExists) return lines([], []);
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Table 'awsdatacatalog.${place.database}.${place.name}' does not exist`,
      name.at,
    );
  }
  if (!isIceberg(table))
    throw new SqlError('NOT_SUPPORTED', 'The local cloud drops Iceberg tables only', name.at);
  dropIcebergTable(session, table);
  return lines([], []);
};
