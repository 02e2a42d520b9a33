import { analyzeQuery } from '../analyze/index.ts';
import { asFolder } from '../engine/files.ts';
import type { Storage } from '../engine/write.ts';
import type { Query } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { parseQuery } from '../sql/parse-query.ts';
import { openTables } from './open-tables.ts';
import { isEmpty, outputColumns, writeOutput, writtenOutcome } from './output.ts';
import { parseProperties } from './properties.ts';
import type { Outcome, Session, Statement } from './statement.ts';
import { refuseOthers, unloadStorage } from './storage.ts';

const KNOWN = ['format', 'compression', 'compression_level', 'field_delimiter', 'partitioned_by'];

interface Order {
  readonly query: Query;
  readonly location: string;
  readonly storage: Storage;
  readonly at: Position;
}

/** `UNLOAD (query) TO 's3://…/' WITH (format = '…', …)` (https://docs.aws.amazon.com/athena/latest/ug/unload.html). */
export const parseUnload = (cursor: Cursor): Statement | undefined => {
  const at = cursor.peek();
  if (!cursor.accept('UNLOAD')) return undefined;
  cursor.noBackticks();
  const query = cursor.parenthesized(() => parseQuery(cursor));
  cursor.expect('TO');
  if (cursor.peek().kind !== 'string') throw cursor.mismatch('<string>');
  const location = cursor.take().value;
  if (!cursor.at('WITH')) throw cursor.mismatch('WITH');
  const properties = parseProperties(cursor);
  cursor.end();
  refuseOthers(properties, KNOWN, []);
  const order = { query, location, storage: unloadStorage(properties), at };
  return { type: 'DML', kind: 'UNLOAD', leaves: 'files', run: (session) => unload(order, session) };
};

const unload = async ({ query: given, location, storage, at }: Order, session: Session): Promise<Outcome> => {
  const query = analyzeQuery(given, session);
  const columns = outputColumns(query, storage, at);
  session.authorizeWrite(location);
  if (storage.partitionedBy.length === 0 && !isEmpty(location, session))
    throw new SqlError(
      'HIVE_PATH_ALREADY_EXISTS',
      `Target directory for UNLOAD already exists: ${asFolder(location)}. Athena will not delete data in your account.`,
    );
  await openTables(query, session);
  return writtenOutcome(await writeOutput(query, columns, storage, location, session), 0);
};
