import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { bucketFunction } from '../iceberg/bucket-function.ts';

/** The engine all queries share: one DuckDB in memory, a connection a query. */
export interface Engine {
  /** Runs work on a connection of its own, closed afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const SETTINGS = { memory_limit: '1GB', threads: '2' };

/**
 * Opens the engine at the first use: a local cloud nobody queries holds none of its memory. What does not fit into
 * memory goes into files of `spillDir` while a query runs.
 */
export const openEngine = (spillDir: string): Engine => {
  let opened: Promise<DuckDBInstance> | undefined;
  const instance = () => (opened ??= create({ ...SETTINGS, temp_directory: spillDir }));
  return {
    async withConnection(work) {
      const connection = await (await instance()).connect();
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

const create = async (settings: Record<string, string>): Promise<DuckDBInstance> => {
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  connection.registerScalarFunction(bucketFunction());
  connection.closeSync();
  return instance;
};
