import type { Found, Travel } from '../analyze/scope.ts';
import { SqlError, type Position } from '../sql/error.ts';
import type { IcebergContext } from './context.ts';
import { HIDDEN_COLUMNS } from './hidden.ts';
import { describeMetadataTable } from './metadata-tables/index.ts';
import { schemaOf, snapshotOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { openScan } from './scan.ts';
import type { IcebergTable } from './table.ts';
import { trinoType } from './types.ts';

/** What queries see of an Iceberg table: its columns as of the snapshot asked for, and how to read them. */
export const describeIceberg = (
  context: IcebergContext,
  { glue, metadata, metadataLocation }: IcebergTable,
  at: Position,
  travel?: Travel,
  part?: string,
): Found => {
  if (part !== undefined)
    return describeMetadataTable(context.store, { glue, metadata, metadataLocation }, part, at);
  const { DatabaseName: database, Name: name } = glue;
  const snapshot = travel ? travelled(metadata, travel, `"${database}"."${name}"`, at) : snapshotOf(metadata);
  const schema = schemaOf(metadata, travel ? snapshot?.['schema-id'] : undefined);
  const request = { name, metadata, snapshot, fields: schema.fields };
  return {
    kind: 'table',
    database,
    name,
    columns: [
      ...schema.fields.map((field) => ({
        name: field.name.toLowerCase(),
        type: trinoType(field.type),
        partition: false,
      })),
      ...HIDDEN_COLUMNS,
    ],
    source: { open: async (_connection, use) => (await openScan(context, use, request)).opened },
  };
};

const travelled = (
  metadata: TableMetadata,
  travel: Travel,
  table: string,
  at: Position,
): Snapshot | undefined => {
  if ('version' in travel) {
    const found = snapshotOf(metadata, travel.version);
    if (found) return found;
    throw new SqlError('INVALID_ARGUMENTS', `Iceberg snapshot ID does not exists: ${travel.version}`, at);
  }
  const entry = metadata['snapshot-log'].findLast((one) => one['timestamp-ms'] <= travel.timestamp);
  const found = entry && snapshotOf(metadata, entry['snapshot-id']);
  if (found) return found;
  const instant = new Date(travel.timestamp).toISOString();
  throw new SqlError('INVALID_ARGUMENTS', `No version history table ${table} at or before ${instant}`, at);
};
