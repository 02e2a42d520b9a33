import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** The engine all queries share: one DuckDB in memory, a connection a query. */
export interface Engine {
  /** Runs work on a connection of its own, closed afterwards. */
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const SETTINGS = { memory_limit: '1GB', threads: '2' };

/** Opens the engine at the first use: a local cloud nobody queries holds none of its memory. */
export const openEngine = (): Engine => {
  let opened: Promise<DuckDBInstance> | undefined;
  const instance = () => (opened ??= DuckDBInstance.create(':memory:', SETTINGS));
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
