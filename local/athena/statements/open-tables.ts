import type { AnalyzedQuery } from '../analyze/index.ts';
import type { TableUse } from '../analyze/scope.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { openTable, type OpenedTable } from '../engine/tables.ts';
import type { Session } from './statement.ts';

/** Makes every table an analyzed query reads by, and says how many bytes of them it reads. */
export const openTables = async ({ sql, uses }: AnalyzedQuery, session: Session): Promise<void> => {
  const opened: OpenedTable[] = [];
  for (const use of uses) opened.push(await failingAsAthena(() => open(use, session)));
  if (opened.length === 0) return session.scanned(0);
  const reads = await failingAsAthena(() => session.planner.columnsRead(sql, opened));
  const bytes = opened.flatMap((table) => (reads.get(table.alias) ?? []).map((read) => table.bytes(read)));
  session.scanned(bytes.reduce((sum, some) => sum + some, 0));
};

const open = (use: TableUse, session: Session): Promise<OpenedTable> => {
  const table = session.catalog.getTable(use.database, use.name);
  session.authorizeData(table?.StorageDescriptor?.Location ?? '');
  return openTable(session.connection, use, session);
};
