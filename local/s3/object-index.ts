import { DatabaseSync } from 'node:sqlite';
import type { Checksum } from './checksums.ts';

/** What a writer may say of an object beside its bytes; sent back as the headers of the same names. */
export interface ObjectMeta {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly serverSideEncryption?: string;
  /** `x-amz-meta-*`, names lower case and without that prefix. */
  readonly userMetadata?: Readonly<Record<string, string>>;
}

/** One object as the index keeps it; `path` is relative to the store's folder, `modified` in epoch milliseconds. */
export interface ObjectRow {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly meta: ObjectMeta;
  readonly checksum?: Checksum | undefined;
}

/** A change begun on the files: `row` is what to record once `temp` was renamed, absent for a removal. Paths are relative to the store's folder. */
export interface Intent {
  readonly id: number | bigint;
  readonly temp: string;
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  readonly row?: ObjectRow;
}

export interface BucketRow {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly created: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key BLOB NOT NULL, row TEXT NOT NULL, PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS intents (id INTEGER PRIMARY KEY, intent TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, row TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (upload, number)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Opens the SQLite file of the index. Keys are blobs, so they sort by their UTF-8 bytes as S3 lists them.
 * The lock is exclusive: a second process gets a clear error instead of a second opinion.
 */
export const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;');
    database.exec(SCHEMA);
    return database;
  } catch (cause) {
    database.close();
    const text = `Cannot open the S3 index ${file}: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new Error(`${text} If another local cloud uses this data folder, stop it first.`, { cause });
  }
};

export type ObjectIndex = ReturnType<typeof objectIndex>;

/** The queries over buckets, objects and intents; every call is one committed statement. */
export const objectIndex = (database: DatabaseSync) => ({
  ...bucketQueries(database),
  ...objectQueries(database),
  ...intentQueries(database),
});

/** The least string of bytes above every string that starts with `prefix`. */
export const afterPrefix = (prefix: Buffer): Buffer => {
  const end = Buffer.from(prefix);
  // UTF-8 has no byte 0xff, so the last byte can always be raised.
  end[end.length - 1]! += 1;
  return end;
};

/** The least string of bytes above `key`. */
export const afterKey = (key: Buffer): Buffer => Buffer.concat([key, Buffer.from([0])]);

const bucketQueries = (database: DatabaseSync) => {
  const create = database.prepare('INSERT INTO buckets VALUES (?, ?) ON CONFLICT DO NOTHING');
  const find = database.prepare('SELECT name, created FROM buckets WHERE name = ?');
  const all = database.prepare('SELECT name, created FROM buckets ORDER BY name');
  const remove = database.prepare('DELETE FROM buckets WHERE name = ?');
  return {
    addBucket: (name: string): void => void create.run(name, Date.now()),
    findBucket: (name: string) => find.get(name) as BucketRow | undefined,
    allBuckets: () => all.all() as unknown as BucketRow[],
    dropBucket: (name: string): void => void remove.run(name),
  };
};

const objectQueries = (database: DatabaseSync) => {
  const find = database.prepare('SELECT row FROM objects WHERE bucket = ? AND key = ?');
  const range = 'SELECT row FROM objects WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key';
  const beyondAnyKey = Buffer.from([0xff]);
  return {
    findObject: (bucket: string, key: string) =>
      parsed(find.get(bucket, Buffer.from(key))) as ObjectRow | undefined,
    /** Objects from a position on, in key order, as long as they start with the prefix. */
    *scan(bucket: string, prefix: string, from: Buffer = Buffer.alloc(0)): Generator<ObjectRow> {
      const first = Buffer.from(prefix);
      const start = Buffer.compare(first, from) > 0 ? first : from;
      const end = first.length === 0 ? beyondAnyKey : afterPrefix(first);
      // A statement of its own: two scans may be under way at once.
      for (const found of database.prepare(range).iterate(bucket, start, end))
        yield parsed(found) as ObjectRow;
    },
  };
};

const intentQueries = (database: DatabaseSync) => {
  const add = database.prepare('INSERT INTO intents (intent) VALUES (?)');
  const all = database.prepare('SELECT id, intent FROM intents ORDER BY id');
  const drop = database.prepare('DELETE FROM intents WHERE id = ?');
  const upsert = database.prepare(
    'INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET row = excluded.row',
  );
  const remove = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  return {
    begin: (intent: Omit<Intent, 'id'>): Intent => ({
      ...intent,
      id: add.run(JSON.stringify(intent)).lastInsertRowid,
    }),
    openIntents: (): Intent[] =>
      all.all().map(({ id, intent }) => ({ ...(JSON.parse(String(intent)) as Intent), id: Number(id) })),
    cancel: (intent: Intent): void => void drop.run(intent.id),
    /** Records what the intent did to the files and closes it, in one transaction; `also` joins it. */
    settle: (intent: Intent, also: () => void = () => {}): void =>
      transaction(database, () => {
        const key = Buffer.from(intent.key);
        if (intent.row) upsert.run(intent.bucket, key, JSON.stringify(intent.row));
        else remove.run(intent.bucket, key);
        drop.run(intent.id);
        also();
      }),
  };
};

/** Runs a piece of work in one transaction. */
export const transaction = (database: DatabaseSync, work: () => void): void => {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
};

/** The JSON of a found row. */
export const parsed = (found: Record<string, unknown> | undefined): unknown =>
  found && (JSON.parse(String(found['row'])) as unknown);
