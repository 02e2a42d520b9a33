import { splitLocation } from '../engine/files.ts';
import { SqlError, type Position } from '../sql/error.ts';
import type { IcebergContext } from './context.ts';
import { withDraft } from './draft.ts';
import { newColumns, type ColumnDefinition } from './evolve.ts';
import { newMetadata, printMetadata } from './metadata.ts';
import { withoutSlash } from './object.ts';
import { icebergProperties } from './properties.ts';
import { partitionFields, type PartitionTerm } from './spec.ts';
import { glueInput, nextMetadataLocation } from './table.ts';
import type { IcebergField } from './types.ts';

export interface TableDefinition {
  readonly place: { readonly database: string; readonly name: string };
  readonly columns: readonly ColumnDefinition[];
  readonly partition: readonly PartitionTerm[];
  readonly location: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly at: Position;
}

/** Properties every table made by Athena has. */
const DEFAULTS = { 'write.format.default': 'parquet', 'write.parquet.compression-codec': 'zstd' };

/** Makes a table without data; says whether there was none of its name. */
export const commitNewTable = (context: IcebergContext, table: TableDefinition): Promise<boolean> => {
  const { columns, partition, place, at } = table;
  const location = withoutSlash(table.location);
  if (splitLocation(location).prefix === '')
    throw new SqlError('', `Location '${table.location}' is a bucket: the table needs a folder in it`, at);
  const { fields, lastColumnId } = newColumns(columns);
  refuseReserved(fields, at);
  const metadata = newMetadata({
    location,
    fields,
    lastColumnId,
    partition: partitionFields(partition, fields),
    properties: { ...DEFAULTS, ...storedProperties(table, location) },
    now: Date.now(),
  });
  const address = nextMetadataLocation(location, undefined);
  return withDraft(context, async (draft) => {
    await draft.put(address, Buffer.from(printMetadata(metadata)));
    context.proceed();
    const input = glueInput(place.name, metadata, address, undefined);
    const created = context.catalog.createTable(place.database, input);
    if (!created) draft.discard([address]);
    return created;
  });
};

/** Columns a scan needs the names of. */
const RESERVED = new Set(['file_index', 'file_row_number']);

/** The engine counts rows by columns of these names. */
export const refuseReserved = (fields: readonly IcebergField[], at: Position): void => {
  const found = fields.find((field) => RESERVED.has(field.name));
  if (found)
    throw new SqlError('NOT_SUPPORTED', `The local cloud cannot keep a column named ${found.name}`, at);
};

const DATA_PATH = 'write_data_path_enabled';
const OWN_WAY = new Set(['table_type', DATA_PATH]);

/** With `write_data_path_enabled` the folder of data files is told in the way later readers want. */
const storedProperties = ({ properties }: TableDefinition, location: string) => {
  const entries = Object.entries(properties);
  const enabled = entries.find(([key]) => key.toLowerCase() === DATA_PATH)?.[1].toLowerCase() === 'true';
  const others = Object.fromEntries(entries.filter(([key]) => !OWN_WAY.has(key.toLowerCase())));
  const data = `${location}/data`;
  return {
    ...(enabled
      ? { 'write.data.path': data }
      : { 'write.object-storage.enabled': 'true', 'write.object-storage.path': data }),
    ...icebergProperties(others),
  };
};
