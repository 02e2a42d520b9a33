import type { Cursor } from '../sql/cursor.ts';
import { SqlError } from '../sql/error.ts';
import { lines, type Session, type Statement } from './statement.ts';

/** The text of the statement prepared under a name. */
export type FindPrepared = (name: string) => string | undefined;

export type ParseStatement = (sql: string, parameters: readonly string[]) => Statement;

const MAY_BE_PREPARED = new Set(['SELECT', 'CREATE_TABLE_AS_SELECT', 'INSERT', 'UNLOAD']);

/**
 * `PREPARE name FROM statement`, `EXECUTE name [USING value, …]` and `DEALLOCATE PREPARE name`
 * (https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html).
 */
export const parsePrepared = (
  cursor: Cursor,
  find: FindPrepared,
  parse: ParseStatement,
): Statement | undefined => {
  if (cursor.accept('PREPARE')) return parsePrepare(cursor, parse);
  if (cursor.accept('DEALLOCATE', 'PREPARE')) return parseDeallocate(cursor);
  return cursor.accept('EXECUTE') ? parseExecute(cursor, find, parse) : undefined;
};

const statement = (kind: string, run: (session: Session) => void): Statement => ({
  type: 'UTILITY',
  kind,
  run: async (session) => {
    run(session);
    return lines([], []);
  },
});

const parsePrepare = (cursor: Cursor, parse: ParseStatement): Statement => {
  const name = cursor.identifierAsWritten();
  const { end } = cursor.expect('FROM');
  const sql = cursor.sql.slice(end).trim();
  const { kind } = parse(
    sql,
    Array.from({ length: cursor.questionMarks() }, () => 'NULL'),
  );
  if (!MAY_BE_PREPARED.has(kind))
    throw new SqlError('NOT_SUPPORTED', `A ${kind} statement cannot be prepared`);
  return statement('PREPARE', ({ prepared }) => prepared.put(name, sql));
};

const parseDeallocate = (cursor: Cursor): Statement => {
  const name = cursor.identifierAsWritten();
  cursor.end();
  return statement('DEALLOCATE_PREPARE', ({ prepared }) => {
    if (!prepared.remove(name)) throw missing(name);
  });
};

/** What it runs is the prepared statement with its question marks replaced. */
const parseExecute = (cursor: Cursor, find: FindPrepared, parse: ParseStatement): Statement => {
  const name = cursor.identifierAsWritten();
  const values = cursor.accept('USING') ? cursor.list(() => valueText(cursor)) : [];
  cursor.end();
  const sql = find(name);
  if (sql === undefined) throw missing(name);
  return parse(sql, values);
};

const valueText = (cursor: Cursor): string => {
  const { start } = cursor.peek();
  cursor.grammar.expression(cursor);
  return cursor.sql.slice(start, cursor.peek().start).trim();
};

const missing = (name: string) => new SqlError('NOT_FOUND', `Prepared statement not found: ${name}`);
