import type { Cursor } from '../sql/cursor.ts';
import { openCursor } from '../sql/parse-query.ts';
import { parseAlterTable } from './alter-table.ts';
import { parseCreateTable } from './create-table.ts';
import { parseDelete } from './delete.ts';
import { parseDropTable } from './drop-table.ts';
import { parseInsert } from './insert.ts';
import { parseMerge } from './merge.ts';
import { refuse } from './refused.ts';
import { parseOptimize } from './optimize.ts';
import { parseSelect } from './select.ts';
import { parseShow } from './show.ts';
import type { Statement } from './statement.ts';
import { parseUpdate } from './update.ts';
import { parseVacuum } from './vacuum.ts';
import { parseView } from './view.ts';

/** Each reads one kind of statement, or leaves the cursor where it is. */
const PARSERS: readonly ((cursor: Cursor) => Statement | undefined)[] = [
  parseSelect,
  parseView,
  parseShow,
  parseInsert,
  parseMerge,
  parseUpdate,
  parseDelete,
  parseCreateTable,
  parseAlterTable,
  parseDropTable,
  parseOptimize,
  parseVacuum,
];

/**
 * Reads one statement; `parameters` are literals that replace its question marks in order.
 * Throws a SqlError where it is wrong or of a kind the local cloud does not run.
 */
export const parseStatement = (sql: string, parameters: readonly string[] = []): Statement => {
  const cursor = openCursor(sql, parameters);
  for (const parse of PARSERS) {
    const statement = parse(cursor);
    if (statement) return statement;
  }
  return refuse(cursor);
};
