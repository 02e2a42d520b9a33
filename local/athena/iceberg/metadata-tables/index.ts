import type { Found } from '../../analyze/scope.ts';
import { SqlError, type Position } from '../../sql/error.ts';
import type { TableStore } from '../context.ts';
import type { IcebergTable } from '../table.ts';
import { filesTable } from './files.ts';
import { historyTable } from './history.ts';
import { manifestsTable } from './manifests.ts';
import { partitionsTable } from './partitions.ts';
import { refsTable } from './refs.ts';
import { snapshotsTable } from './snapshots.ts';
import { viewSql, type MetadataSource, type MetadataTable } from './table.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-table-data.html#querying-iceberg-table-metadata */
const TABLES: Readonly<Record<string, (source: MetadataSource) => MetadataTable>> = {
  files: filesTable,
  history: historyTable,
  manifests: manifestsTable,
  partitions: partitionsTable,
  refs: refsTable,
  snapshots: snapshotsTable,
};

/** What queries see of `orders$files`. */
export const describeMetadataTable = (
  store: TableStore,
  { glue, metadata }: IcebergTable,
  part: string,
  at: Position,
): Found => {
  const make = Object.hasOwn(TABLES, part) ? TABLES[part] : undefined;
  const name = `${glue.Name}$${part}`;
  if (!make)
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Table 'awsdatacatalog.${glue.DatabaseName}.${name}' does not exist`,
      at,
    );
  const table = make({ store, metadata });
  return {
    kind: 'table',
    database: glue.DatabaseName,
    name,
    columns: table.columns.map((column) => ({ ...column, partition: false })),
    source: {
      open: async (connection, use) => {
        await connection.run(viewSql(use.alias, table));
        return { alias: use.alias, columns: table.columns, bytes: () => 0 };
      },
    },
  };
};
