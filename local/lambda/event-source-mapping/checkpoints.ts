import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** How far a mapping has come: the stream it read and the sequence number of the last record that is done with. */
export interface Checkpoint {
  readonly label: string;
  readonly position: string;
}

/** Checkpoints of all mappings, in one file; a saved one survives the end of the process, however it ends. */
export interface Checkpoints {
  load(mappingKey: string): Checkpoint | undefined;
  save(mappingKey: string, checkpoint: Checkpoint): void;
  close(): void;
}

const rowSchema = z.object({ label: z.string(), position: z.string() }).optional();

/** Opens `<dataDir>/lambda/checkpoints.sqlite`. */
export const openCheckpoints = (dataDir: string): Checkpoints => {
  const folder = join(dataDir, 'lambda');
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'checkpoints.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  database.exec(
    'CREATE TABLE IF NOT EXISTS checkpoints (mapping TEXT PRIMARY KEY, label TEXT NOT NULL, position TEXT NOT NULL)',
  );
  const select = database.prepare('SELECT label, position FROM checkpoints WHERE mapping = ?');
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO checkpoints (mapping, label, position) VALUES (?, ?, ?)',
  );
  return {
    load: (mappingKey) => rowSchema.parse(select.get(mappingKey)),
    save: (mappingKey, { label, position }) => {
      if (database.isOpen) upsert.run(mappingKey, label, position);
    },
    close: () => (database.isOpen ? database.close() : undefined),
  };
};
