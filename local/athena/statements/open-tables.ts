import type { AnalyzedQuery } from '../analyze/index.ts';
import type { TableUse } from '../analyze/scope.ts';
import { failingAsAthena } from '../engine/failing.ts';
import { INFORMATION_SCHEMA, openInformationTable } from '../engine/information-schema.ts';
import type { OpenedTable } from '../engine/opened-table.ts';
import { openTable } from '../engine/tables.ts';
import type { GlueTable } from '../../glue/catalog.ts';
import type { Session } from './statement.ts';
import { decodeView } from './view-text.ts';

/** Makes every table an analyzed query reads by, but for those open already, and says how many bytes it reads. */
export const openTables = async (
  { sql, uses }: Pick<AnalyzedQuery, 'sql' | 'uses'>,
  session: Session,
  already: readonly OpenedTable[] = [],
): Promise<void> => {
  const opened: OpenedTable[] = [...already];
  for (const use of uses) opened.push(await failingAsAthena(() => open(use, session)));
  if (opened.length === 0) return session.scanned(0);
  const reads = await failingAsAthena(() => session.planner.columnsRead(sql, opened));
  const bytes = opened.flatMap((table) => (reads.get(table.alias) ?? []).map((read) => table.bytes(read)));
  session.scanned(bytes.reduce((sum, some) => sum + some, 0));
};

const open = (use: TableUse, session: Session): Promise<OpenedTable> => {
  if (use.source) return use.source.open(session.connection, use);
  if (use.database === INFORMATION_SCHEMA)
    return openInformationTable(session.connection, use, { ...session, viewSql });
  const table = session.catalog.getTable(use.database, use.name);
  session.authorizeData(table?.StorageDescriptor?.Location ?? '');
  return openTable(session.connection, use, session);
};

/** The query of a view, or its text as it is where Athena did not make it. */
const viewSql = ({ Name, ViewOriginalText = '' }: GlueTable): string => {
  try {
    return decodeView(ViewOriginalText, Name).originalSql;
  } catch {
    return ViewOriginalText;
  }
};
