import { analyzeQuery } from '../analyze/index.ts';
import type { TableUse } from '../analyze/scope.ts';
import { INFORMATION_SCHEMA } from '../engine/information-schema.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { parseQuery } from '../sql/parse-query.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import type { QualifiedName, Query } from '../sql/ast.ts';
import { hiveTypeName } from '../sql/hive-type.ts';
import { typeName } from '../sql/types.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { encodeView } from './view-text.ts';

/** `CREATE [OR REPLACE] VIEW name [COMMENT '…'] AS query` and `DROP VIEW [IF EXISTS] name`. */
export const parseView = (cursor: Cursor): Statement | undefined => {
  if (cursor.at('CREATE', 'VIEW') || cursor.at('CREATE', 'OR', 'REPLACE', 'VIEW')) return parseCreate(cursor);
  return cursor.accept('DROP', 'VIEW') ? parseDrop(cursor) : undefined;
};

const parseCreate = (cursor: Cursor): Statement => {
  cursor.noBackticks();
  cursor.expect('CREATE');
  const replace = cursor.accept('OR', 'REPLACE');
  cursor.expect('VIEW');
  const name = parseQualifiedName(cursor);
  const comment = cursor.accept('COMMENT') ? cursor.take().value : undefined;
  if (cursor.accept('SECURITY') && !cursor.accept('INVOKER')) cursor.expect('DEFINER');
  cursor.expect('AS');
  const start = cursor.peek().start;
  const query = parseQuery(cursor);
  cursor.end();
  const sql = cursor.sql.slice(start).replace(/\s*;?\s*$/, '');
  const definition = { name, replace, query, sql, ...(comment !== undefined && { comment }) };
  return { type: 'DDL', kind: 'CREATE_VIEW', run: async (session) => createView(definition, session) };
};

const parseDrop = (cursor: Cursor): Statement => {
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = parseQualifiedName(cursor);
  cursor.end();
  return { type: 'DDL', kind: 'DROP_VIEW', run: async (session) => dropView(name, ifExists, session) };
};

interface Definition {
  readonly name: QualifiedName;
  readonly replace: boolean;
  readonly query: Query;
  readonly sql: string;
  readonly comment?: string;
}

/** Database and name a statement means; the database must exist. */
export const target = (
  { parts, at }: QualifiedName,
  { catalog, database }: Session,
): { database: string; name: string } => {
  const [name, home = database, source = 'awsdatacatalog'] = parts.toReversed() as [string, string?, string?];
  if (home === undefined)
    throw new SqlError('MISSING_SCHEMA_NAME', 'Schema must be specified when session schema is not set', at);
  if (source !== 'awsdatacatalog')
    throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${source}' not found`, at);
  if (!catalog.getDatabases().some((one) => one.Name === home.toLowerCase())) {
    throw new SqlError('SCHEMA_NOT_FOUND', `Schema '${home}' does not exist`, at);
  }
  return { database: home.toLowerCase(), name };
};

const createView = (definition: Definition, session: Session): Outcome => {
  const { database, name } = target(definition.name, session);
  const old = session.catalog.getTable(database, name);
  session.authorizeGlue(old ? 'glue:UpdateTable' : 'glue:CreateTable', database, name);
  refuseToReplace(old?.TableType, definition, database, name);
  const { columns, uses } = analyzeQuery(definition.query, session);
  refuseInView(uses, definition.name.at);
  const named = columns.map(({ name: column, type }, index) => ({
    name: column ?? unnamed(index, definition.name.at),
    type,
  }));
  const text = encodeView({
    originalSql: definition.sql,
    catalog: 'awsdatacatalog',
    schema: session.database ?? database,
    columns: named.map((column) => ({ name: column.name, type: typeName(column.type) })),
  });
  session.catalog.putTable(database, {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: definition.comment ?? 'Presto View' },
    StorageDescriptor: {
      Columns: named.map((column) => ({ Name: column.name, Type: hiveTypeName(column.type) })),
      Location: '',
    },
    PartitionKeys: [],
    ViewOriginalText: text,
    ViewExpandedText: '/* Presto View */',
  });
  return lines([], []);
};

/**
 * What a view's query may not name: https://docs.aws.amazon.com/athena/latest/ug/other-notable-limitations.html and
 * https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html
 */
const refuseInView = (uses: readonly TableUse[], at: Position): void => {
  if (uses.some(({ database }) => database === INFORMATION_SCHEMA))
    throw new SqlError('NOT_SUPPORTED', 'A view cannot read information_schema', at);
  const named = uses.flatMap(({ hidden }) => [...hidden]).find((column) => column !== '$path');
  if (named !== undefined)
    throw new SqlError('NOT_SUPPORTED', `The hidden column "${named}" is not supported for views`, at);
};

const unnamed = (index: number, at: Position): never => {
  throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified at position ${index + 1}`, at);
};

const refuseToReplace = (
  type: string | undefined,
  { replace, name }: Definition,
  database: string,
  table: string,
) => {
  if (type === undefined) return;
  if (type !== 'VIRTUAL_VIEW') {
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Table 'awsdatacatalog.${database}.${table}' is no view and cannot be replaced`,
      name.at,
    );
  }
  if (!replace)
    throw new SqlError('TABLE_ALREADY_EXISTS', `View already exists: '${database}.${table}'`, name.at);
};

const dropView = (name: QualifiedName, ifExists: boolean, session: Session): Outcome => {
  const view = target(name, session);
  const found = session.catalog.getTable(view.database, view.name);
  session.authorizeGlue('glue:DeleteTable', view.database, view.name);
  if (!found && ifExists) return lines([], []);
  if (found?.TableType !== 'VIRTUAL_VIEW') {
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `View 'awsdatacatalog.${view.database}.${view.name}' does not exist`,
      name.at,
    );
  }
  if (!session.catalog.deleteTable(view.database, view.name)) {
    throw new SqlError(
      'NOT_SUPPORTED',
      `View '${view.name}' belongs to a deployed stack: the local cloud keeps it`,
      name.at,
    );
  }
  return lines([], []);
};
