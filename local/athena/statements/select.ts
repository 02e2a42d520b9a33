import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { analyzeQuery, type AnalyzedQuery } from '../analyze/index.ts';
import { athenaError } from '../analyze/raise.ts';
import { formatCell } from '../engine/format.ts';
import { resultColumn, type Row } from '../engine/result.ts';
import { openTable } from '../engine/tables.ts';
import type { TableUse } from '../analyze/scope.ts';
import type { Query } from '../sql/ast.ts';
import { parseQuery } from '../sql/parse-query.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import type { Type } from '../sql/types.ts';
import { startsQuery } from '../sql/parse-expression.ts';
import type { Outcome, Session, Statement } from './statement.ts';

/** `SELECT`, `WITH`, `VALUES`, `TABLE`. */
export const parseSelect = (cursor: Cursor): Statement | undefined => {
  if (!startsQuery(cursor)) return undefined;
  const query = parseQuery(cursor);
  cursor.end();
  return { type: 'DML', kind: 'SELECT', run: (session) => runSelect(query, session) };
};

type Opened = Pick<AnalyzedQuery, 'uses' | 'sql'>;

const runSelect = async (query: Query, session: Session): Promise<Outcome> => {
  const analyzed = analyzeQuery(query, session);
  await openTables(analyzed, session);
  const types = analyzed.columns.map((column) => column.type);
  return {
    columns: analyzed.columns.map(({ name, type }, index) => resultColumn(name ?? `_col${index}`, type)),
    pages: pagesOf(session.connection, analyzed.sql, types),
  };
};

/** Makes the tables of a query readable and says what it reads of them. */
export const openTables = async ({ uses, sql }: Opened, session: Session, others = 0): Promise<void> => {
  let bytes = others;
  for (const use of uses) bytes += await failingAsAthena(() => openUse(use, sql, session));
  session.scanned(bytes);
};

const openUse = (use: TableUse, sql: string, session: Session): Promise<number> => {
  if (use.source) return use.source.open(session.connection, use, sql);
  const table = session.catalog.getTable(use.database, use.name);
  session.authorizeData(table?.StorageDescriptor?.Location ?? '');
  return openTable(session.connection, use, session);
};

/** Rows chunk by chunk, so that a large result never lies in memory whole. */
const pagesOf = async function* (
  connection: DuckDBConnection,
  sql: string,
  types: readonly Type[],
): AsyncGenerator<Row[]> {
  const result = await failingAsAthena(() => connection.stream(sql));
  for (;;) {
    const chunk = await failingAsAthena(() => result.fetchChunk());
    if (!chunk || chunk.rowCount === 0) return;
    yield rowsOf(chunk, types);
  }
};

const rowsOf = (chunk: DuckDBDataChunk, types: readonly Type[]): Row[] =>
  chunk.getRows().map((row) => types.map((type, index) => formatCell(row[index] as DuckDBValue, type)));

/** Gives an engine's failure as Athena's. */
export const failingAsAthena = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SqlError) throw error;
    const [code, ...message] = athenaError((error as Error).message).split(': ');
    throw new SqlError(code ?? '', message.join(': '));
  }
};
