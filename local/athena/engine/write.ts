import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Type } from '../sql/types.ts';
import { SqlError } from '../sql/error.ts';
import { duckType, quoteName, quoteText } from '../sql/types.ts';
import { failingAsAthena } from './failing.ts';
import { writeLines } from './lines.ts';
import type { FileValues } from './file-bound.ts';

export type Compression = 'GZIP' | 'SNAPPY' | 'ZSTD' | 'NONE';

/** How rows are kept in files. */
export interface Storage {
  readonly format: 'PARQUET' | 'JSON' | 'TEXTFILE';
  readonly compression: Compression;
  /** Of ZSTD. */
  readonly level?: number;
  /** Between the fields of TEXTFILE. */
  readonly delimiter: string;
  readonly partitionedBy: readonly string[];
}

export interface OutputColumn {
  readonly name: string;
  readonly type: Type;
}

/** The rows of a query: a DuckDB text whose columns are `c0`, `c1`, … */
export interface Rows {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** Rows in a file of their own, and the partition they are of. */
export interface WrittenFile {
  readonly path: string;
  readonly rows: number;
  readonly values: FileValues;
}

/** Athena's limit of partitions one statement writes (https://docs.aws.amazon.com/athena/latest/ug/ctas-considerations-limitations.html). */
const MAX_PARTITIONS = 100;

/** Writes the rows of a query into files of a folder: one a partition, and none where there are no rows. */
export const writeRows = async (
  connection: DuckDBConnection,
  rows: Rows,
  storage: Storage,
  folder: string,
): Promise<WrittenFile[]> => {
  const typeOf = storage.format === 'PARQUET' ? parquetType : duckType;
  const stored = rows.columns.map(
    ({ name, type }, index) => `CAST(c${index} AS ${typeOf(type)}) AS ${quoteName(name)}`,
  );
  const source = `SELECT ${stored.join(', ')} FROM (${rows.sql}) AS written`;
  const keys = rows.columns.filter(({ name }) => storage.partitionedBy.includes(name));
  const columns = rows.columns.filter((column) => !keys.includes(column));
  const write = async (sql: string, values: FileValues, name: string): Promise<WrittenFile> => {
    const path = join(folder, name);
    const items = columns.map((column) => quoteName(column.name)).join(', ');
    return {
      path,
      values,
      rows: await writeFile(connection, `SELECT ${items} FROM (${sql})`, columns, storage, path),
    };
  };
  const files =
    keys.length === 0
      ? [await write(source, {}, '0')]
      : await writePartitions(connection, source, keys, write);
  return files.filter(notEmpty);
};

const notEmpty = ({ rows, path }: WrittenFile): boolean => {
  if (rows === 0) rmSync(path);
  return rows > 0;
};

const writePartitions = async (
  connection: DuckDBConnection,
  source: string,
  keys: readonly OutputColumn[],
  write: (sql: string, values: FileValues, name: string) => Promise<WrittenFile>,
): Promise<WrittenFile[]> => {
  await failingAsAthena(() => connection.run(`CREATE TEMP TABLE partitioned AS ${source}`));
  const texts = keys.map(({ name }) => `CAST(${quoteName(name)} AS VARCHAR)`);
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT ${texts.join(', ')} FROM partitioned ORDER BY ALL LIMIT ${MAX_PARTITIONS + 1}`,
  );
  const partitions = found.getRows() as (string | null)[][];
  if (partitions.length > MAX_PARTITIONS)
    throw new SqlError(
      'HIVE_TOO_MANY_OPEN_PARTITIONS',
      `Exceeded limit of ${MAX_PARTITIONS} open writers for partitions/buckets`,
    );
  const files: WrittenFile[] = [];
  for (const [number, values] of partitions.entries()) {
    const is = texts.map((text, index) => `${text} IS NOT DISTINCT FROM ${literal(values[index])}`);
    const named = Object.fromEntries(keys.map(({ name }, index) => [name, values[index] ?? undefined]));
    files.push(await write(`SELECT * FROM partitioned WHERE ${is.join(' AND ')}`, named, String(number)));
  }
  return files;
};

const literal = (text: string | null | undefined) =>
  text === null || text === undefined ? 'NULL' : quoteText(text);

/** Timestamps of Hive tables have milliseconds. */
const parquetType = (type: Type): string => duckType(type).replaceAll(/\bTIMESTAMP\b/g, 'TIMESTAMP_MS');

const writeFile = (
  connection: DuckDBConnection,
  sql: string,
  columns: readonly OutputColumn[],
  storage: Storage,
  path: string,
): Promise<number> =>
  failingAsAthena(async () => {
    if (storage.format !== 'PARQUET') return writeLines(connection, sql, columns, storage, path);
    const level = storage.level === undefined ? '' : `, COMPRESSION_LEVEL ${storage.level}`;
    const codec = storage.compression === 'NONE' ? 'UNCOMPRESSED' : storage.compression;
    const copied = await connection.runAndReadAll(
      `COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${codec}${level})`,
    );
    return Number(copied.getRows()[0]?.[0]);
  });
