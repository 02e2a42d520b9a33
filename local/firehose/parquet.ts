import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { duckdbType, quoteName, type Field } from './convert/hive-type.ts';

/** Names of `ParquetSerDe.Compression`, which DuckDB spells alike. */
export type ParquetCompression = 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED';

/** No temporary folder: by default it would be made in the working directory. */
const SETTINGS = { memory_limit: '512MB', temp_directory: '' };

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
  #last: Promise<unknown> = Promise.resolve();

  /** Writes `to` from the JSON lines in `from`, every line an object with values of exactly these columns. */
  write(from: string, to: string, columns: readonly Field[], compression: ParquetCompression): Promise<void> {
    // One at a time: a file takes all cores and most of the memory limit by itself.
    const written = this.#last.then(() => this.#run(copyStatement(from, to, columns, compression)));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    connection?.closeSync();
    this.#instance?.closeSync();
    this.#connection = undefined;
  }

  async #run(statement: string): Promise<void> {
    this.#connection ??= this.#connect();
    const connection = await this.#connection;
    await connection.run(statement);
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#instance = await DuckDBInstance.create(':memory:', SETTINGS);
    return this.#instance.connect();
  }
}
