import type { GlueTable } from '../../glue/catalog.ts';
import { textColumn } from '../engine/result.ts';
import { describeLines } from '../iceberg/describe.ts';
import { isCurrentColumn, isIceberg, loadTable } from '../iceberg/table.ts';
import type { Cursor } from '../sql/cursor.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import type { QualifiedName } from '../sql/ast.ts';
import { parseHiveName } from './hive-name.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';
import { decodeView } from './view-text.ts';

/** `SHOW TABLES`, `VIEWS`, `DATABASES`, `COLUMNS`, `CREATE VIEW` and `DESCRIBE`. */
export const parseShow = (cursor: Cursor): Statement | undefined => {
  if (cursor.accept('DESCRIBE') || cursor.accept('DESC')) return parseDescribe(cursor);
  if (!cursor.accept('SHOW')) return undefined;
  if (cursor.accept('TABLES')) return parseTables(cursor);
  if (cursor.accept('VIEWS')) return parseViews(cursor);
  if (cursor.accept('DATABASES') || cursor.accept('SCHEMAS')) return parseDatabases(cursor);
  if (cursor.accept('COLUMNS')) return parseColumns(cursor);
  if (cursor.accept('CREATE', 'VIEW')) return ofTable(cursor, 'SHOW_CREATE_VIEW', showCreateView);
  throw notTranslated(`SHOW ${cursor.peek().value.toUpperCase()}`, cursor.peek());
};

const statement = (kind: string, run: (session: Session) => Outcome): Statement => ({
  type: 'UTILITY',
  kind,
  run: async (session) => run(session),
});

const databaseAfter = (cursor: Cursor): string | undefined =>
  cursor.accept('IN') || cursor.accept('FROM') ? cursor.identifier() : undefined;

/** Hive's pattern: `*` for any text and `|` between alternatives; a LIKE pattern's `%` works too. */
const matcher = (cursor: Cursor): ((name: string) => boolean) => {
  cursor.accept('LIKE');
  if (cursor.peek().kind !== 'string') return () => true;
  const escaped = cursor
    .take()
    .value.replaceAll(/[.+?^${}()[\]\\]/g, String.raw`\$&`)
    .replaceAll(/[*%]/g, '.*');
  const pattern = new RegExp(`^(?:${escaped})$`, 'i');
  return (name) => pattern.test(name);
};

const inDatabase = (given: string | undefined, session: Session): string => {
  const name = given ?? session.database ?? 'default';
  if (session.catalog.getDatabases().some((database) => database.Name === name.toLowerCase()))
    return name.toLowerCase();
  throw new SqlError('SCHEMA_NOT_FOUND', `Database does not exist: ${name}`);
};

const parseTables = (cursor: Cursor): Statement => {
  const database = databaseAfter(cursor);
  const wanted = matcher(cursor);
  cursor.end();
  return statement('SHOW_TABLES', (session) => {
    const home = inDatabase(database, session);
    session.authorizeGlue('glue:GetTables', home);
    return lines(
      [textColumn('tab_name')],
      session.catalog
        .getTables(home)
        .map((table) => table.Name)
        .filter(wanted),
    );
  });
};

const parseViews = (cursor: Cursor): Statement => {
  const database = databaseAfter(cursor);
  const wanted = matcher(cursor);
  cursor.end();
  return statement('SHOW_VIEWS', (session) => {
    const home = inDatabase(database, session);
    session.authorizeGlue('glue:GetTables', home);
    const views = session.catalog.getTables(home).filter((table) => table.TableType === 'VIRTUAL_VIEW');
    return lines([textColumn('views')], views.map((table) => table.Name).filter(wanted));
  });
};

const parseDatabases = (cursor: Cursor): Statement => {
  const wanted = matcher(cursor);
  cursor.end();
  return statement('SHOW_DATABASES', (session) =>
    lines(
      [textColumn('database_name')],
      session.catalog
        .getDatabases()
        .map((database) => database.Name)
        .filter(wanted),
    ),
  );
};

/** The table or view a statement names, if whoever asked may see it. */
export const foundTable = (name: QualifiedName, session: Session): GlueTable => {
  const place = target(name, session);
  session.authorizeGlue('glue:GetTable', place.database, place.name);
  const table = session.catalog.getTable(place.database, place.name);
  if (table) return table;
  throw new SqlError(
    'TABLE_NOT_FOUND',
    `Table 'awsdatacatalog.${place.database}.${place.name}' does not exist`,
    name.at,
  );
};

const ofTable = (
  cursor: Cursor,
  kind: string,
  show: (table: GlueTable, session: Session) => Outcome,
  parseName = parseQualifiedName,
): Statement => {
  const name = parseName(cursor);
  cursor.end();
  return statement(kind, (session) => show(foundTable(name, session), session));
};

const parseColumns = (cursor: Cursor): Statement => {
  if (!cursor.accept('IN')) cursor.expect('FROM');
  const table = parseQualifiedName(cursor);
  const database = table.parts.length === 1 ? databaseAfter(cursor) : undefined;
  cursor.end();
  const name = database === undefined ? table : { ...table, parts: [database, ...table.parts] };
  return statement('SHOW_COLUMNS', (session) =>
    lines(
      [textColumn('field')],
      columnsOf(foundTable(name, session)).map((column) => column.Name),
    ),
  );
};

const columnsOf = (table: GlueTable) => [
  ...(table.StorageDescriptor?.Columns ?? []).filter(isCurrentColumn),
  ...(table.PartitionKeys ?? []),
];

const parseDescribe = (cursor: Cursor): Statement => {
  for (const word of ['FORMATTED', 'EXTENDED', 'VIEW']) {
    if (cursor.at(word) && cursor.atIdentifier(1)) throw notTranslated(`DESCRIBE ${word}`, cursor.peek());
  }
  return ofTable(cursor, 'DESCRIBE_TABLE', describe, parseHiveName);
};

const padded = (...cells: string[]) => cells.map((cell) => cell.padEnd(20)).join('\t');

const describeIceberg = (table: GlueTable, session: Session): Outcome => {
  session.authorizeData(table.StorageDescriptor?.Location ?? '');
  const columns = ['col_name', 'data_type', 'comment'].map(textColumn);
  return lines(columns, describeLines(loadTable(session.store, table)));
};

const describe = (table: GlueTable, session: Session): Outcome => {
  if (isIceberg(table)) return describeIceberg(table, session);
  const line = (column: { Name: string; Type?: string | undefined; Comment?: string | undefined }) =>
    padded(column.Name, column.Type ?? 'string', column.Comment ?? '');
  const keys = table.PartitionKeys ?? [];
  const partitions =
    keys.length === 0
      ? []
      : [
          padded('', '', ''),
          '# Partition Information',
          padded('# col_name', 'data_type', 'comment'),
          padded('', '', ''),
          ...keys.map(line),
        ];
  const columns = ['col_name', 'data_type', 'comment'].map(textColumn);
  return lines(columns, [...columnsOf(table).map(line), ...partitions]);
};

const showCreateView = (table: GlueTable): Outcome => {
  if (table.TableType !== 'VIRTUAL_VIEW')
    throw new SqlError('NOT_SUPPORTED', `Relation '${table.Name}' is a table, not a view`);
  const view = decodeView(table.ViewOriginalText ?? '', table.Name);
  return lines(
    [textColumn('create view')],
    [`CREATE VIEW ${table.DatabaseName}.${table.Name} AS`, ...view.originalSql.split('\n')],
  );
};
