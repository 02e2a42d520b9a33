import { openCursor } from '../sql/parse-query.ts';
import { parseAlterTable } from './alter-table.ts';
import { parseCreateTableAs } from './create-table-as.ts';
import { parseCreateTable } from './create-table.ts';
import { parseDelete } from './delete.ts';
import { parseDropTable } from './drop-table.ts';
import { parseInsert } from './insert.ts';
import { parseMerge } from './merge.ts';
import { parseOptimize } from './optimize.ts';
import { parsePrepared, type FindPrepared } from './prepared.ts';
import { refuse } from './refused.ts';
import { parseSelect } from './select.ts';
import { parseShowTable } from './show-table.ts';
import { parseShow } from './show.ts';
import type { Statement } from './statement.ts';
import { parseUnload } from './unload.ts';
import { parseUpdate } from './update.ts';
import { parseVacuum } from './vacuum.ts';
import { parseView } from './view.ts';

/** Each reads the statements of one kind, or takes nothing from the cursor. */
const PARSERS = [
  parseSelect,
  parseInsert,
  parseMerge,
  parseUpdate,
  parseDelete,
  parseCreateTableAs,
  parseCreateTable,
  parseAlterTable,
  parseUnload,
  parseView,
  parseDropTable,
  parseOptimize,
  parseVacuum,
  parseShowTable,
  parseShow,
];

/**
 * Reads one statement; `parameters` are literals that replace its question marks in order, and `findPrepared` knows
 * what EXECUTE runs. Throws a SqlError where it is wrong or of a kind the local cloud does not run.
 */
export const parseStatement = (
  sql: string,
  parameters: readonly string[] = [],
  findPrepared: FindPrepared = () => undefined,
): Statement => {
  const cursor = openCursor(sql, parameters);
  for (const parse of PARSERS) {
    const statement = parse(cursor);
    if (statement) return statement;
  }
  return parsePrepared(cursor, findPrepared, parseStatement) ?? refuse(cursor);
};
