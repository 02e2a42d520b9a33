import { icebergTable } from '../iceberg/target.ts';
import { vacuumTable } from '../iceberg/vacuum.ts';
import type { Cursor } from '../sql/cursor.ts';
import { parseHiveName } from './hive-name.ts';
import type { Statement } from './statement.ts';
import { target } from './view.ts';

const REFUSALS = {
  view: 'VACUUM is only supported for Iceberg tables',
  other: 'VACUUM is only supported for Iceberg tables',
};

/** `VACUUM table` (https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html). */
export const parseVacuum = (cursor: Cursor): Statement | undefined => {
  if (!cursor.accept('VACUUM')) return undefined;
  const name = parseHiveName(cursor);
  cursor.end();
  return {
    type: 'DML',
    kind: 'VACUUM_TABLE',
    run: async (session) => {
      const table = icebergTable(session, target(name, session), name.at, REFUSALS);
      await vacuumTable(session, table, session.now);
      return { columns: [], pages: [], written: { updated: 0 } };
    },
  };
};
