import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { analyzeQuery, type AnalyzedQuery } from '../analyze/index.ts';
import { athenaError } from '../analyze/raise.ts';
import { formatCell } from '../engine/format.ts';
import { resultColumn, type Row } from '../engine/result.ts';
import { openTable } from '../engine/tables.ts';
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

const runSelect = async (query: Query, session: Session): Promise<Outcome> => {
  const analyzed = analyzeQuery(query, session);
  await openTables(analyzed, session);
  const types = analyzed.columns.map((column) => column.type);
  return {
    columns: analyzed.columns.map(({ name, type }, index) => resultColumn(name ?? `_col${index}`, type)),
    pages: pagesOf(session.connection, analyzed.sql, types),
  };
};

const openTables = async ({ uses }: AnalyzedQuery, session: Session) => {
  let bytes = 0;
  for (const use of uses) {
    const table = session.catalog.getTable(use.database, use.name);
    session.authorizeData(table?.StorageDescriptor?.Location ?? '');
    bytes += await failingAsAthena(() => openTable(session.connection, use, session));
  }
  session.scanned(bytes);
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

const failingAsAthena = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SqlError) throw error;
    const [code, ...message] = athenaError((error as Error).message).split(': ');
    throw new SqlError(code ?? '', message.join(': '));
  }
};
