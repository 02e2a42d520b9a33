import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableUse } from '../analyze/scope.ts';
import type { Catalog, GlueTable } from '../../glue/catalog.ts';
import { castSql } from '../analyze/cast.ts';
import { SqlError } from '../sql/error.ts';
import { parseTypeText } from '../sql/parse-type.ts';
import { duckType, quoteName, quoteText, type Type } from '../sql/types.ts';
import { assertReadable } from './file-types.ts';
import { fixedPrefix, partitionMatcher, readProjection, type PartitionKey } from './projection.ts';

/** One object of the store as a file on disk. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly path: string;
}

/** What the engine needs of S3: the files below a prefix. */
export interface FileStore {
  list(bucket: string, prefix: string): readonly StoredFile[] | Promise<readonly StoredFile[]>;
}

interface DataFile extends StoredFile {
  readonly values: Readonly<Record<string, string>>;
}

export interface TablePlace {
  readonly catalog: Catalog;
  readonly store: FileStore;
  readonly now: Date;
}

/** Bucket and prefix of `s3://bucket/prefix`. */
export const splitLocation = (location: string): { bucket: string; prefix: string } => {
  const match = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(location);
  if (!match) throw new SqlError('HIVE_METASTORE_ERROR', `Location '${location}' is not an S3 address`);
  return { bucket: match[1] as string, prefix: match[2] as string };
};

/** Makes the view a query reads a table by, over exactly the files of the partitions it needs; gives their bytes. */
export const openTable = async (
  connection: DuckDBConnection,
  use: TableUse,
  place: TablePlace,
): Promise<number> => {
  const table = place.catalog.getTable(use.database, use.name);
  if (!table)
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Table 'awsdatacatalog.${use.database}.${use.name}' does not exist`,
    );
  refuseOtherFormats(table);
  const files = await filesOf(table, use, place);
  await connection.run(
    files.length === 0 ? emptyView(table, use) : await filledView(connection, table, use, files),
  );
  return files.reduce((bytes, file) => bytes + file.size, 0);
};

const refuseOtherFormats = (table: GlueTable) => {
  if (table.Parameters?.table_type?.toUpperCase() === 'ICEBERG') throw unsupported(table, 'an Iceberg table');
  const format = table.StorageDescriptor?.InputFormat ?? '';
  if (!/parquet/i.test(format)) throw unsupported(table, `a table of format '${format}'`);
};

const unsupported = (table: GlueTable, what: string) =>
  new SqlError('NOT_SUPPORTED', `The local cloud reads Parquet tables only and '${table.Name}' is ${what}`);

const keysOf = (table: GlueTable): PartitionKey[] =>
  (table.PartitionKeys ?? []).map((key) => ({ name: key.Name.toLowerCase(), type: key.Type ?? 'string' }));

const filesOf = async (table: GlueTable, use: TableUse, place: TablePlace): Promise<DataFile[]> => {
  const location = table.StorageDescriptor?.Location ?? '';
  const keys = keysOf(table);
  if (keys.length === 0) {
    const { bucket, prefix } = splitLocation(location.endsWith('/') ? location : `${location}/`);
    return (await dataFiles(place, bucket, prefix)).map((file) => ({ ...file, values: {} }));
  }
  const parameters = table.Parameters ?? {};
  const projected = readProjection({ name: table.Name, location, keys, parameters }, place.now);
  if (!projected) return [];
  requireInjected(keys, parameters, use);
  const { bucket, prefix } = splitLocation(fixedPrefix(projected.template));
  const match = partitionMatcher(projected, use.bounds, keys);
  const files = await dataFiles(place, bucket, prefix);
  return files.flatMap((file) => {
    const values = match(`s3://${bucket}/${file.key}`);
    return values ? [{ ...file, values }] : [];
  });
};

/** Files Hive reads: not empty markers, not names that begin with `_` or `.`. */
const dataFiles = async (
  { store }: TablePlace,
  bucket: string,
  prefix: string,
): Promise<readonly StoredFile[]> => {
  const files = await store.list(bucket, prefix);
  return files.filter(({ key, size }) => size > 0 && !/(?:^|\/)[_.][^/]*$/.test(key));
};

const requireInjected = (
  keys: readonly PartitionKey[],
  parameters: Readonly<Record<string, string>>,
  use: TableUse,
) => {
  for (const { name } of keys) {
    const injected = parameters[`projection.${name}.type`]?.toLowerCase() === 'injected';
    if (
      injected &&
      !use.bounds.some((bound) => bound.column === name && (bound.op === '=' || bound.op === 'in'))
    ) {
      throw new SqlError(
        'CONSTRAINT_VIOLATION',
        `For the injected projected partition column ${name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
      );
    }
  }
};

const emptyView = (table: GlueTable, use: TableUse): string => {
  const columns = [
    ...columnsOf(table),
    ...keysOf(table).map(({ name, type }) => ({ name, type: parseTypeText(type) })),
  ];
  const items = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`);
  return `CREATE TEMP VIEW ${use.alias} AS SELECT ${items.join(', ')} WHERE FALSE`;
};

const columnsOf = (table: GlueTable) =>
  (table.StorageDescriptor?.Columns ?? []).map((column) => ({
    name: column.Name.toLowerCase(),
    type: parseTypeText(column.Type ?? 'string'),
  }));

const filledView = async (
  connection: DuckDBConnection,
  table: GlueTable,
  use: TableUse,
  files: readonly DataFile[],
) => {
  const list = files.map((file) => quoteText(file.path)).join(', ');
  const keys = keysOf(table);
  const joined = keys.length > 0 && new Set(files.map((file) => JSON.stringify(file.values))).size > 1;
  const source = `read_parquet([${list}], union_by_name = true, hive_partitioning = false${joined ? ", filename = 'path of file'" : ''})`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  const inFiles = new Map(
    described
      .getRows()
      .map(([name, type]) => [String(name).toLowerCase(), { name: String(name), type: String(type) }]),
  );
  const items = columnsOf(table).map(({ name, type }) => {
    const found = inFiles.get(name);
    if (found) assertReadable(table.Name, name, found.type, type);
    return `CAST(${found ? `f.${quoteName(found.name)}` : 'NULL'} AS ${duckType(type)}) AS ${quoteName(name)}`;
  });
  const partitions = keys.map(
    (key) =>
      `${keyValue(key, joined ? `p.${quoteName(key.name)}` : quoteText(files[0]?.values[key.name] ?? ''))} AS ${quoteName(key.name)}`,
  );
  const join = joined
    ? ` JOIN ${await partitionTable(connection, use, keys, files)} AS p ON p."path of file" = f."path of file"`
    : '';
  return `CREATE TEMP VIEW ${use.alias} AS SELECT ${[...items, ...partitions].join(', ')} FROM ${source} AS f${join}`;
};

const keyValue = (key: PartitionKey, sql: string): string => {
  const type: Type = parseTypeText(key.type);
  let count = 0;
  const fresh = (prefix: string) => `${prefix}p${(count += 1)}`;
  return castSql({ sql, type: { k: 'varchar' } }, type, { fresh });
};

/** The partition values of every file, to join with the rows by the file they come from. */
const partitionTable = async (
  connection: DuckDBConnection,
  use: TableUse,
  keys: readonly PartitionKey[],
  files: readonly DataFile[],
): Promise<string> => {
  const name = `${use.alias}_files`;
  const columns = ['"path of file"', ...keys.map((key) => quoteName(key.name))].map(
    (column) => `${column} VARCHAR`,
  );
  await connection.run(`CREATE TEMP TABLE ${name} (${columns.join(', ')})`);
  const rows = files.map(
    (file) => `(${[file.path, ...keys.map((key) => file.values[key.name] ?? '')].map(quoteText).join(', ')})`,
  );
  await connection.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
  return name;
};
