import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SqlError } from '../sql/error.ts';
import { quoteName, quoteText } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { dataFile, writtenFile, type WrittenFile } from './data-file.ts';
import type { Draft } from './draft.ts';
import { CONTENT, type DataFile, type PartitionValue } from './manifest.ts';
import { partitionColumns, type PartitionColumn } from './manifest-schema.ts';
import { schemaOf, specOf, type TableMetadata } from './metadata.ts';
import { withoutSlash } from './object.ts';
import { partitionPath, partitionValue } from './partition-value.ts';
import { inMilliseconds } from './project.ts';
import { copyOptions } from './properties.ts';
import { parseTransform, transformSql } from './transform.ts';
import { leaves, type IcebergField, type IcebergType } from './types.ts';

/** Athena's limit (https://docs.aws.amazon.com/athena/latest/ug/insert-into.html). */
const MAX_PARTITIONS = 100;

/**
 * Writes the rows of a DuckDB query as data files of a table, one or more a partition. The query's columns are the
 * table's, in order and of its types, named `c0`, `c1`, …
 */
export const writeRows = async (
  context: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  sql: string,
): Promise<DataFile[]> => {
  const partition = partitionColumns(specOf(metadata), metadata.schemas);
  if (partition.length === 0) return writePartition(context, draft, metadata, sql, []);
  const { files, values } = await copyPartitions(
    context,
    draft,
    metadata,
    storedRows(metadata, sql),
    partition,
  );
  const placed = files.map((file) =>
    place(draft, metadata, file, values.get(file.keys.get(PARTITION) ?? '') ?? []),
  );
  return Promise.all(placed);
};

/** The same for rows that all belong to one partition of the table's present spec. */
export const writePartition = async (
  context: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  sql: string,
  partition: readonly PartitionValue[],
): Promise<DataFile[]> => {
  const files = await copyRows(context, draft, metadata, storedRows(metadata, sql));
  return Promise.all(files.map((file) => place(draft, metadata, file, partition)));
};

/** Rows as files have them: columns by their names, moments in milliseconds. */
const storedRows = (metadata: TableMetadata, sql: string): string => {
  const items = schemaOf(metadata).fields.map(
    (field, index) => `${inMilliseconds(field, `r.c${index}`)} AS ${quoteName(field.name)}`,
  );
  return `SELECT ${items.join(', ')} FROM (${sql}) AS r`;
};

/** Puts a file where its partition's files are. */
const place = async (
  draft: Draft,
  metadata: TableMetadata,
  file: WrittenFile,
  partition: readonly PartitionValue[],
): Promise<DataFile> => {
  const spec = specOf(metadata);
  const folder = partitionPath(partition, partitionColumns(spec, metadata.schemas));
  const address = `${dataLocation(metadata)}/${folder}${randomUUID()}.parquet`;
  await draft.put(address, { path: file.path });
  const placed = { address, content: CONTENT.data, specId: spec['spec-id'], partition };
  return dataFile(file, leaves(schemaOf(metadata).fields), placed);
};

/** Where a table's data files go. */
export const dataLocation = (metadata: TableMetadata): string =>
  withoutSlash(metadata.properties['write.data.path'] ?? `${withoutSlash(metadata.location)}/data`);

const copyRows = async (
  { connection }: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  rows: string,
): Promise<WrittenFile[]> => {
  const path = join(draft.folder, `${randomUUID()}.parquet`);
  const options = `${copyOptions(metadata.properties)}, FIELD_IDS ${fieldIds(schemaOf(metadata).fields)}`;
  const reader = await connection.runAndReadAll(`COPY (${rows}) TO ${quoteText(path)} (${options})`);
  return reader
    .getRows()
    .map(writtenFile)
    .filter((file) => file.records > 0);
};

const PARTITION = '$partition';

/** Files by partition: the rows are kept until it is known which partitions they have. */
const copyPartitions = async (
  { connection }: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  rows: string,
  partition: readonly PartitionColumn[],
) => {
  const id = randomUUID().replaceAll('-', '');
  const [staged, groups] = [`staged_${id}`, `partitions_${id}`];
  const keys = partition.map(
    ({ transform, source }, index) =>
      `${transformSql(parseTransform(transform), quoteName(source.name), source.type as string)} AS "$p${index}"`,
  );
  const names = partition.map((_, index) => `"$p${index}"`);
  await connection.run(`CREATE TEMP TABLE ${staged} AS SELECT *, ${keys.join(', ')} FROM (${rows})`);
  await connection.run(
    `CREATE TEMP TABLE ${groups} AS SELECT *, row_number() OVER () AS "${PARTITION}" FROM (SELECT DISTINCT ${names.join(', ')} FROM ${staged})`,
  );
  const reader = await connection.runAndReadAll(`SELECT "${PARTITION}", ${names.join(', ')} FROM ${groups}`);
  const found = reader.getRows();
  if (found.length > MAX_PARTITIONS) throw tooManyPartitions();
  const values = new Map<string, PartitionValue[]>(
    found.map(([key, ...value]) => [
      String(key),
      partition.map(({ type }, index) => partitionValue(value[index] ?? null, type)),
    ]),
  );
  const on = names.map((name) => `s.${name} IS NOT DISTINCT FROM g.${name}`).join(' AND ');
  const query = `SELECT s.* EXCLUDE (${names.join(', ')}), g."${PARTITION}" FROM ${staged} AS s JOIN ${groups} AS g ON ${on}`;
  const options = `${copyOptions(metadata.properties)}, PARTITION_BY ("${PARTITION}"), FIELD_IDS ${fieldIds(schemaOf(metadata).fields)}`;
  const copied =
    found.length === 0
      ? []
      : (
          await connection.runAndReadAll(
            `COPY (${query}) TO ${quoteText(join(draft.folder, id))} (${options})`,
          )
        ).getRows();
  await connection.run(`DROP TABLE ${staged}; DROP TABLE ${groups}`);
  return { files: copied.map(writtenFile), values };
};

export const tooManyPartitions = (): SqlError =>
  new SqlError(
    'ICEBERG_TOO_MANY_OPEN_PARTITIONS',
    `Exceeded limit of ${MAX_PARTITIONS} open writers for partitions`,
  );

/** Field ids of columns and all below them, as COPY takes them. */
export const fieldIds = (fields: readonly IcebergField[]): string =>
  `{${fields.map((field) => `${quoteText(field.name)}: ${idsOf(field.id, field.type)}`).join(', ')}}`;

const idsOf = (id: number, type: IcebergType): string => {
  if (typeof type === 'string') return String(id);
  const inner = (members: string) => `{__duckdb_field_id: ${id}, ${members}}`;
  if (type.type === 'list') return inner(`element: ${idsOf(type['element-id'], type.element)}`);
  if (type.type === 'map')
    return inner(`key: ${idsOf(type['key-id'], type.key)}, value: ${idsOf(type['value-id'], type.value)}`);
  const members = type.fields.map(
    (field) => `${quoteText(field.name.toLowerCase())}: ${idsOf(field.id, field.type)}`,
  );
  return inner(members.join(', '));
};
