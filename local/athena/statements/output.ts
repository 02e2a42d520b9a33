import { mkdirSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AnalyzedQuery } from '../analyze/index.ts';
import { asFolder, splitLocation } from '../engine/files.ts';
import { partitionName } from '../engine/partition-name.ts';
import { resultColumn } from '../engine/result.ts';
import { writeRows, type OutputColumn, type Storage, type WrittenFile } from '../engine/write.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { BIGINT, isInteger, typeName, type Type } from '../sql/types.ts';
import type { Outcome, Session } from './statement.ts';

/** The columns of a query that is written to files: each has a name of its own and a type Hive has. */
export const outputColumns = ({ columns }: AnalyzedQuery, storage: Storage, at: Position): OutputColumn[] => {
  const named = columns.map(({ name, type }, index) => {
    const place = `at position ${index + 1}`;
    if (name === undefined)
      throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified ${place}`, at);
    if (type.k === 'unknown')
      throw new SqlError('COLUMN_TYPE_UNKNOWN', `Column type is unknown ${place}`, at);
    if (columns.findIndex((other) => other.name === name) < index)
      throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, at);
    refuseType(type, name);
    return { name, type };
  });
  checkPartitions(named, storage.partitionedBy);
  return named;
};

const NO_HIVE_TYPE = new Set<Type['k']>([
  'json',
  'timestamptz',
  'time',
  'uuid',
  'interval day to second',
  'interval year to month',
]);

const notSupported = (message: string) => new SqlError('NOT_SUPPORTED', message);

/** Throws what Trino's Hive connector throws for a type its tables do not have. */
const refuseType = (type: Type, column: string): void => {
  if (NO_HIVE_TYPE.has(type.k) || (type.k === 'varchar' && type.n === 0))
    throw notSupported(`Unsupported Hive type: ${typeName(type)}`);
  if (type.k === 'timestamp' && type.p !== 3)
    throw notSupported(
      `Incorrect timestamp precision for ${typeName(type)}; the configured precision is MILLISECONDS; column name: ${column}`,
    );
  if (type.k === 'array') refuseType(type.of, column);
  if (type.k === 'map') [type.key, type.value].forEach((inner) => refuseType(inner, column));
  if (type.k !== 'row') return;
  if (type.fields.some(({ name }) => name === undefined))
    throw notSupported(
      `Anonymous row type is not supported in Hive. Please give each field a name: ${typeName(type)}`,
    );
  for (const field of type.fields) refuseType(field.type, column);
};

/** Partition columns come last, in the order the property names them. */
const checkPartitions = (columns: readonly OutputColumn[], keys: readonly string[]): void => {
  const names = columns.map(({ name }) => name);
  const missing = keys.filter((key) => !names.includes(key));
  if (missing.length > 0)
    throw new SqlError(
      'INVALID_TABLE_PROPERTY',
      `Partition columns [${missing.join(', ')}] not present in schema`,
    );
  if (keys.length > 0 && keys.length === names.length)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Table contains only partition columns');
  if (names.slice(names.length - keys.length).join() !== keys.join())
    throw new SqlError(
      'HIVE_COLUMN_ORDER_MISMATCH',
      `Partition keys must be the last columns in the table and in the same order as the table properties: [${keys.join(', ')}]`,
    );
  for (const { name, type } of columns.filter((column) => keys.includes(column.name)))
    if (!isInteger(type) && !['varchar', 'boolean', 'date'].includes(type.k))
      throw new SqlError(
        'NOT_SUPPORTED',
        `The local cloud does not partition by '${name}' of type ${typeName(type)}`,
      );
};

/** One object a statement wrote. */
export interface OutputFile extends WrittenFile {
  /** `s3://bucket/key`. */
  readonly address: string;
  /** Of its partition, with a slash at its end. */
  readonly folder: string;
}

/** Whether anything lies in a location. */
export const isEmpty = (location: string, { store }: Session): boolean => {
  const { bucket, prefix } = splitLocation(asFolder(location));
  try {
    return store.list(bucket, prefix).length === 0;
  } catch (error) {
    throw new SqlError(
      'HIVE_FILESYSTEM_ERROR',
      `Failed checking path: ${location}: ${(error as Error).message}`,
    );
  }
};

/** Writes the rows of a query below a location, named as Athena names files. */
export const writeOutput = async (
  query: AnalyzedQuery,
  columns: readonly OutputColumn[],
  storage: Storage,
  location: string,
  session: Session,
): Promise<OutputFile[]> => {
  const folder = join(session.scratch, session.queryId);
  mkdirSync(folder, { recursive: true });
  try {
    const written = await writeRows(session.connection, { sql: query.sql, columns }, storage, folder);
    session.proceed();
    const files: OutputFile[] = [];
    for (const file of written) files.push(await put(file, storage, location, session));
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const put = async (
  file: WrittenFile,
  { format, partitionedBy }: Storage,
  location: string,
  session: Session,
): Promise<OutputFile> => {
  const values = partitionedBy.map((key) => file.values[key]);
  const partition = values.length === 0 ? '' : `${partitionName(partitionedBy, values)}/`;
  const folder = `${asFolder(location)}${partition}`;
  const name = `${engineId(session)}_${randomUUID()}${format === 'PARQUET' ? '' : '.gz'}`;
  const { bucket, prefix } = splitLocation(folder);
  await session.store.put(bucket, `${prefix}${name}`, { path: file.path });
  return { ...file, folder, address: `${folder}${name}` };
};

/** The id the engine has for a query, from its start and its id: `20261122_130000_00000_ab12c`. */
export const engineId = ({ now, queryId }: Session): string => {
  const [day = '', time = ''] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `${day}_${time}_00000_${queryId.slice(0, 5)}`;
};

/** What a statement that wrote files gives: no rows, but how many it added to a table. */
export const writtenOutcome = (files: readonly OutputFile[], updated: number): Outcome => ({
  columns: [resultColumn('rows', BIGINT)],
  pages: [],
  written: { updated, addresses: files.map(({ address }) => address) },
});
