import { openCursor } from '../sql/parse-query.ts';
import { refuse } from './refused.ts';
import { parseSelect } from './select.ts';
import { parseShow } from './show.ts';
import type { Statement } from './statement.ts';
import { parseView } from './view.ts';

/**
 * Reads one statement; `parameters` are literals that replace its question marks in order.
 * Throws a SqlError where it is wrong or of a kind the local cloud does not run.
 */
export const parseStatement = (sql: string, parameters: readonly string[] = []): Statement => {
  const cursor = openCursor(sql, parameters);
  return parseSelect(cursor) ?? parseView(cursor) ?? parseShow(cursor) ?? refuse(cursor);
};
