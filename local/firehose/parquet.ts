import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { duckdbType, quoteName, type Field } from './convert/hive-type.ts';

/** Names of `ParquetSerDe.Compression`, which DuckDB spells alike. */
export type ParquetCompression = 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';

const MEMORY_LIMIT = '512MB';

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const copyStatement = (
  from: string,
  to: string,
  columns: readonly Field[],
  compression: ParquetCompression,
) => {
  const types = columns
    .map(({ name, type }) => `${quoteText(name)}: ${quoteText(duckdbType(type))}`)
    .join(', ');
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const source = `read_json(${quoteText(from)}, format = 'newline_delimited', auto_detect = false, records = true, columns = {${types}})`;
  return `COPY (SELECT ${names} FROM ${source}) TO ${quoteText(to)} (FORMAT parquet, COMPRESSION ${compression})`;
};

/** Turns files of JSON lines into Parquet files, in one DuckDB of its own that holds no data. */
export class ParquetWriter {
  #connection: Promise<DuckDBConnection> | undefined;
  #instance: DuckDBInstance | undefined;

  /** Writes `to` from the JSON lines in `from`, every line an object with values of exactly these columns. */
  async write(
    from: string,
    to: string,
    columns: readonly Field[],
    compression: ParquetCompression,
  ): Promise<void> {
    this.#connection ??= this.#connect();
    const connection = await this.#connection;
    await connection.run(copyStatement(from, to, columns, compression));
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    connection?.closeSync();
    this.#instance?.closeSync();
    this.#connection = undefined;
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY_LIMIT });
    return this.#instance.connect();
  }
}
