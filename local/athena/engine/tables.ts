import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableUse } from '../analyze/scope.ts';
import type { GlueTable } from '../../glue/catalog.ts';
import { castSql } from '../analyze/cast.ts';
import { SqlError } from '../sql/error.ts';
import { parseTypeText } from '../sql/parse-type.ts';
import { duckType, quoteName, quoteText, type Type } from '../sql/types.ts';
import { assertReadable } from './file-types.ts';
import { filesOf, partitionKeys, type DataFile, type TablePlace } from './files.ts';
import type { Footer, Footers } from './footers.ts';
import { hiddenColumns, hiddenValues } from './hidden.ts';
import type { OpenedTable } from './opened-table.ts';
import type { PartitionKey } from './projection.ts';
import { chunkBytes } from './scan.ts';

export interface OpenPlace extends TablePlace {
  readonly footers: Footers;
}

/** Makes the view a query reads a table by, over exactly the files its conditions leave. */
export const openTable = async (
  connection: DuckDBConnection,
  use: TableUse,
  place: OpenPlace,
): Promise<OpenedTable> => {
  const table = place.catalog.getTable(use.database, use.name);
  if (!table)
    throw new SqlError(
      'TABLE_NOT_FOUND',
      `Table 'awsdatacatalog.${use.database}.${use.name}' does not exist`,
    );
  refuseOtherFormats(table);
  const files = await filesOf(table, use, place);
  const footers = await place.footers.of(files);
  const columns = [...fileColumns(table), ...fixedColumns(table, use)];
  const select = files.length === 0 ? emptyRows(columns) : await rows(connection, table, use, files, footers);
  await connection.run(`CREATE TEMP VIEW ${use.alias} AS ${select}`);
  return { alias: use.alias, columns, bytes: (read) => chunkBytes(footers, read) };
};

const refuseOtherFormats = (table: GlueTable) => {
  const format = table.StorageDescriptor?.InputFormat ?? '';
  if (!/parquet/i.test(format)) throw unsupported(table, `a table of format '${format}'`);
};

const unsupported = (table: GlueTable, what: string) =>
  new SqlError('NOT_SUPPORTED', `The local cloud reads Parquet tables only and '${table.Name}' is ${what}`);

interface NamedType {
  readonly name: string;
  readonly type: Type;
}

const fileColumns = (table: GlueTable): NamedType[] =>
  (table.StorageDescriptor?.Columns ?? []).map((column) => ({
    name: column.Name.toLowerCase(),
    type: parseTypeText(column.Type ?? 'string'),
  }));

/** The columns a whole file has one value of: partition keys, and the hidden columns the query names. */
const fixedColumns = (table: GlueTable, use: TableUse): NamedType[] => [
  ...partitionKeys(table).map(({ name, type }) => ({ name, type: parseTypeText(type) })),
  ...hiddenColumns(table).filter(({ name }) => use.hidden.has(name)),
];

const emptyRows = (columns: readonly NamedType[]): string =>
  `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`).join(', ')} WHERE FALSE`;

const rows = async (
  connection: DuckDBConnection,
  table: GlueTable,
  use: TableUse,
  files: readonly DataFile[],
  footers: readonly Footer[],
): Promise<string> => {
  const keys = partitionKeys(table);
  const joined = use.hidden.size > 0 || new Set(files.map((file) => JSON.stringify(file.values))).size > 1;
  const sources: string[] = [];
  for (const group of bySchema(files, footers))
    sources.push(await groupRows(connection, table, group, joined));
  const fixed = keys.map(
    (key) =>
      `${keyValue(key, joined ? `p.${quoteName(key.name)}` : textOrNull(files[0]?.values[key.name]))} AS ${quoteName(key.name)}`,
  );
  const hidden = [...use.hidden].map((name) => `p.${quoteName(name)}`);
  const items = [...fileColumns(table).map(({ name }) => `f.${quoteName(name)}`), ...fixed, ...hidden];
  const join = joined
    ? ` JOIN ${await fileTable(connection, table, use, files)} AS p ON p."path of file" = f."path of file"`
    : '';
  return `SELECT ${items.join(', ')} FROM (${sources.join(' UNION ALL ')}) AS f${join}`;
};

/** Files whose columns have the same names and types are read as one, since then the first speaks for all. */
const bySchema = (files: readonly DataFile[], footers: readonly Footer[]): DataFile[][] => {
  const groups = new Map<string, DataFile[]>();
  for (const [index, file] of files.entries()) {
    const { id } = (footers[index] as Footer).schema;
    const group = groups.get(id);
    if (group) group.push(file);
    else groups.set(id, [file]);
  }
  return [...groups.values()];
};

const groupRows = async (
  connection: DuckDBConnection,
  table: GlueTable,
  files: readonly DataFile[],
  joined: boolean,
): Promise<string> => {
  const reading = (some: readonly DataFile[]) =>
    `read_parquet([${some.map((file) => quoteText(file.path)).join(', ')}], hive_partitioning = false${joined ? ", filename = 'path of file'" : ''})`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reading(files.slice(0, 1))}`);
  const inFiles = new Map(
    described
      .getRows()
      .map(([name, type]) => [String(name).toLowerCase(), { name: String(name), type: String(type) }]),
  );
  const items = fileColumns(table).map(({ name, type }) => {
    const found = inFiles.get(name);
    if (found) assertReadable(table.Name, name, found.type, type);
    return `CAST(${found ? quoteName(found.name) : 'NULL'} AS ${duckType(type)}) AS ${quoteName(name)}`;
  });
  return `SELECT ${[...items, ...(joined ? ['"path of file"'] : [])].join(', ')} FROM ${reading(files)}`;
};

const textOrNull = (text: string | undefined) => (text === undefined ? 'NULL' : quoteText(text));

const keyValue = (key: PartitionKey, sql: string): string => {
  let count = 0;
  const fresh = (prefix: string) => `${prefix}p${(count += 1)}`;
  return castSql({ sql: `CAST(${sql} AS VARCHAR)`, type: { k: 'varchar' } }, parseTypeText(key.type), {
    fresh,
  });
};

/** What is fixed for every file, to join with the rows by the file they come from. */
const fileTable = async (
  connection: DuckDBConnection,
  table: GlueTable,
  use: TableUse,
  files: readonly DataFile[],
): Promise<string> => {
  const name = `${use.alias}_files`;
  const keys = partitionKeys(table);
  const hidden = hiddenColumns(table).filter((column) => use.hidden.has(column.name));
  const columns = [
    '"path of file" VARCHAR',
    ...keys.map((key) => `${quoteName(key.name)} VARCHAR`),
    ...hidden.map((column) => `${quoteName(column.name)} ${duckType(column.type)}`),
  ];
  await connection.run(`CREATE TEMP TABLE ${name} (${columns.join(', ')})`);
  const values = files.map((file) => {
    const fixed = hiddenValues(file, keys);
    const cells = [
      quoteText(file.path),
      ...keys.map((key) => textOrNull(file.values[key.name])),
      ...hidden.map((column) => fixed[column.name] ?? 'NULL'),
    ];
    return `(${cells.join(', ')})`;
  });
  await connection.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
  return name;
};
