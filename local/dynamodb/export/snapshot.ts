import { DatabaseSync } from 'node:sqlite';

/** Items one after the other, all as they were at one moment. */
export interface Snapshot {
  readonly tableId: string;
  /** The JSON of the next items, about so many bytes of it; empty at the end. */
  next(bytes: number): string[];
  close(): void;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Opens the engine's file beside the engine and begins a read transaction: what is written from now on is not seen, and
 * nobody who writes has to wait.
 * Source: https://www.sqlite.org/isolation.html
 */
export const openSnapshot = (dbPath: string, table: string): Snapshot => {
  const database = new DatabaseSync(dbPath, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 5000; BEGIN');
    const found = database.prepare('SELECT table_id FROM _tables WHERE table_name = ?').get(table);
    const items = database.prepare(`SELECT item_json FROM ${quoted(table)}`).iterate();
    return {
      tableId: String(found?.table_id ?? ''),
      next: (bytes) => {
        const batch: string[] = [];
        let size = 0;
        while (size < bytes) {
          const { value, done } = items.next();
          if (done) break;
          const json = String(value.item_json);
          batch.push(json);
          size += json.length;
        }
        return batch;
      },
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
};
