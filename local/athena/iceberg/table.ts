import { randomUUID } from 'node:crypto';
import type { GlueTable, TableInput } from '../../glue/catalog.ts';
import { SqlError } from '../sql/error.ts';
import type { IcebergContext, TableStore } from './context.ts';
import { parseMetadata, schemaOf, type TableMetadata } from './metadata.ts';
import { readObject, withoutSlash } from './object.ts';
import { glueType, type IcebergField } from './types.ts';

/** A table as it was when it was looked up: the state all of one statement reads. */
export interface IcebergTable {
  readonly glue: GlueTable;
  readonly metadataLocation: string;
  readonly metadata: TableMetadata;
}

export const isIceberg = (table: { Parameters?: Record<string, string> | undefined }): boolean =>
  table.Parameters?.['table_type']?.toUpperCase() === 'ICEBERG';

/** Whether a column of the catalogue is one of the table: it keeps those the table once had, too. */
export const isCurrentColumn = (column: { Parameters?: Record<string, string> | undefined }): boolean =>
  column.Parameters?.['iceberg.field.current'] !== 'false';

/** Reads the metadata the catalogue points to. */
export const loadTable = (store: TableStore, glue: GlueTable): IcebergTable => {
  const metadataLocation = glue.Parameters?.['metadata_location'];
  if (metadataLocation === undefined) {
    const name = `${glue.DatabaseName}.${glue.Name}`;
    throw new SqlError('ICEBERG_INVALID_METADATA', `Table is missing [metadata_location] property: ${name}`);
  }
  const text = readObject(store, metadataLocation).toString('utf8');
  return { glue, metadataLocation, metadata: parseMetadata(text, metadataLocation) };
};

/** The table of a name in the catalogue; nothing when it is none of Iceberg's. */
export const findIceberg = (
  { catalog, store, authorizeData }: Pick<IcebergContext, 'catalog' | 'store' | 'authorizeData'>,
  database: string,
  name: string,
): IcebergTable | undefined => {
  const glue = catalog.getTable(database, name);
  if (!glue || !isIceberg(glue)) return undefined;
  authorizeData(glue.StorageDescriptor?.Location ?? '');
  return loadTable(store, glue);
};

/** Where the next metadata file goes: numbered by the commits before it. */
export const nextMetadataLocation = (location: string, previous: string | undefined): string => {
  const number = previous === undefined ? -1 : Number(/\/(\d+)-[^/]*$/.exec(previous)?.[1] ?? -1);
  const digits = String(number + 1).padStart(5, '0');
  return `${withoutSlash(location)}/metadata/${digits}-${randomUUID()}.metadata.json`;
};

/** The entry of the Glue catalogue, as Iceberg's own catalogue of Glue keeps it. */
export const glueInput = (
  name: string,
  metadata: TableMetadata,
  metadataLocation: string,
  previous: GlueTable | undefined,
): TableInput => {
  const before = previous?.Parameters?.['metadata_location'];
  return {
    ...(previous?.Description !== undefined && { Description: previous.Description }),
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [],
    Parameters: {
      ...previous?.Parameters,
      table_type: 'ICEBERG',
      metadata_location: metadataLocation,
      ...(before !== undefined && { previous_metadata_location: before }),
    },
    StorageDescriptor: {
      Columns: glueColumns(metadata),
      Location: metadata.location,
      Compressed: false,
      NumberOfBuckets: 0,
      SortColumns: [],
      StoredAsSubDirectories: false,
    },
  };
};

/** Columns of the current schema, then those of earlier schemas that are gone. */
const glueColumns = (metadata: TableMetadata) => {
  const current = schemaOf(metadata).fields;
  const names = new Set(current.map((field) => field.name.toLowerCase()));
  const gone: IcebergField[] = [];
  for (const field of metadata.schemas.toReversed().flatMap((schema) => schema.fields)) {
    if (names.has(field.name.toLowerCase())) continue;
    names.add(field.name.toLowerCase());
    gone.push(field);
  }
  return [
    ...current.map((field) => glueColumn(field, true)),
    ...gone.map((field) => glueColumn(field, false)),
  ];
};

const glueColumn = (field: IcebergField, current: boolean) => ({
  Name: field.name.toLowerCase(),
  Type: glueType(field.type),
  ...(field.doc !== undefined && { Comment: field.doc }),
  Parameters: {
    'iceberg.field.current': String(current),
    'iceberg.field.id': String(field.id),
    'iceberg.field.optional': String(!field.required),
  },
});
