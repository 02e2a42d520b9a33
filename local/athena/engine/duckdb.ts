import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { bucketFunction } from '../iceberg/bucket-function.ts';

/** The engine all queries share: one DuckDB in memory, a connection a query. */
export interface Engine {
  /** Runs work on a connection of its own, closed afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Prepares an engine in whose `folder` queries spill what does not fit its memory. It opens at the first use: a local
 * cloud nobody queries holds none of its memory.
 */
export const openEngine = (folder: string): Engine =>
  lazily(async () => {
    const settings = { memory_limit: '1GB', threads: '2', temp_directory: folder };
    const instance = await DuckDBInstance.create(':memory:', settings);
    const connection = await instance.connect();
    connection.registerScalarFunction(bucketFunction());
    connection.closeSync();
    return instance;
  });

/** Opens a DuckDB at the first use. */
export const lazily = (create: () => Promise<DuckDBInstance>): Engine => {
  let opened: Promise<DuckDBInstance> | undefined;
  return {
    async withConnection(work) {
      const connection = await (await (opened ??= create())).connect();
      try {
        await connection.run("SET TimeZone = 'UTC'");
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    async close() {
      const current = opened;
      opened = undefined;
      (await current)?.closeSync();
    },
  };
};
