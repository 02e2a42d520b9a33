import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { analyzeQuery } from '../analyze/index.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { formatCell } from '../engine/format.ts';
import { resultColumn, type Row } from '../engine/result.ts';
import type { Query } from '../sql/ast.ts';
import { parseQuery } from '../sql/parse-query.ts';
import type { Cursor } from '../sql/cursor.ts';
import type { Type } from '../sql/types.ts';
import { startsQuery } from '../sql/parse-expression.ts';
import { openTables } from './open-tables.ts';
import type { Outcome, Session, Statement } from './statement.ts';

/** `SELECT`, `WITH`, `VALUES`, `TABLE`. */
export const parseSelect = (cursor: Cursor): Statement | undefined => {
  if (!startsQuery(cursor)) return undefined;
  cursor.noBackticks();
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
