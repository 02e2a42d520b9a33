import { dropIcebergTable } from '../iceberg/drop.ts';
import { isIceberg } from '../iceberg/table.ts';
import type { QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { parseHiveName } from './hive-name.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

/**
 * `DROP TABLE [IF EXISTS] name`: the data of an external table stays, that of an Iceberg table goes
 * (https://docs.aws.amazon.com/athena/latest/ug/drop-table.html).
 */
export const parseDropTable = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('DROP', 'TABLE')) return undefined;
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = parseHiveName(cursor);
  cursor.end();
  return { type: 'DDL', kind: 'DROP_TABLE', run: async (session) => dropTable(name, ifExists, session) };
};

const dropTable = (given: QualifiedName, ifExists: boolean, session: Session): Outcome => {
  const { database, name } = target(given, session);
  const table = session.catalog.getTable(database, name);
  session.authorizeGlue('glue:DeleteTable', database, name);
  if (!table && ifExists) return lines([], []);
  if (!table) throw failed(`[Error 10001]: Table not found ${database}.${name}`);
  if (table.TableType === 'VIRTUAL_VIEW') throw failed('Cannot drop a view with DROP TABLE');
  if (isIceberg(table)) {
    dropIcebergTable(session, table);
    return lines([], []);
  }
  if (!session.catalog.deleteTable(database, name))
    throw new SqlError(
      'NOT_SUPPORTED',
      `Table '${name}' belongs to a deployed stack: the local cloud keeps it`,
      given.at,
    );
  return lines([], []);
};

const failed = (message: string) => new SqlError('', `FAILED: SemanticException ${message}`);
