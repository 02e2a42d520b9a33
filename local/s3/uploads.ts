import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import { noSuchUpload } from './errors.ts';
import { parsed, transaction, type ObjectMeta } from './object-index.ts';
import type { Staged } from './staging.ts';

/** A multipart upload under way; `initiated` in epoch milliseconds. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly meta: ObjectMeta;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** False when the client named no algorithm and S3's default applies. */
  readonly algorithmChosen: boolean;
}

/** One uploaded part; `checksum` is base64, by the upload's algorithm. */
export interface Part {
  readonly number: number;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly checksum: string;
}

export type UploadStore = ReturnType<typeof uploadStore>;

/**
 * Multipart uploads under way: rows beside the index, a file a part under `.uploads/<upload id>/`.
 * Part files without a row (a process was killed between the two) go when the store opens.
 */
export const uploadStore = (database: DatabaseSync, root: string) => {
  const folder = join(root, '.uploads');
  const queries = uploadQueries(database);
  mkdirSync(folder, { recursive: true });
  removeStrays(folder, queries);

  return {
    begin: (upload: Omit<Upload, 'id' | 'initiated'>): Upload => {
      const begun = { ...upload, id: randomUUID().replaceAll('-', ''), initiated: Date.now() };
      mkdirSync(join(folder, begun.id), { recursive: true });
      queries.add(begun);
      return begun;
    },
    /** Throws `NoSuchUpload`. */
    find: (bucket: string, key: string, id: string): Upload => {
      const found = queries.find(id);
      if (!found || found.bucket !== bucket || found.key !== key) throw noSuchUpload(id);
      return found;
    },
    /** Uploads of a bucket, by key and then in the order they began. */
    ofBucket: (bucket: string): Upload[] => queries.ofBucket(bucket),
    parts: (upload: Upload): Part[] => queries.parts(upload.id),
    /** Makes a staged body a part, in place of an earlier one of that number. */
    addPart: (upload: Upload, number: number, staged: Staged): Part => {
      const file = `${number}-${randomUUID()}`;
      if (!queries.find(upload.id)) throw noSuchUpload(upload.id);
      const before = queries.parts(upload.id).find((part) => part.number === number);
      renameSync(staged.file, join(folder, upload.id, file));
      const etag = staged.md5.toString('hex');
      const checksum = staged.checksums.get(upload.algorithm)!;
      const part = { number, file, size: staged.size, etag, modified: Date.now(), checksum };
      queries.addPart(upload.id, part);
      if (before) rmSync(join(folder, upload.id, before.file), { force: true });
      return part;
    },
    /** The bytes of the parts, one after the other. */
    async *content(upload: Upload, parts: readonly Part[]): AsyncGenerator<Buffer> {
      for (const part of parts) {
        yield* createReadStream(join(folder, upload.id, part.file), { highWaterMark: 1 << 20 });
      }
    },
    /** Forgets the rows; may run inside a transaction. */
    forget: (upload: Upload): void => queries.forget(upload.id),
    removeFiles: (upload: Upload): void => rmSync(join(folder, upload.id), { recursive: true, force: true }),
    abort: (upload: Upload): void => {
      transaction(database, () => queries.forget(upload.id));
      rmSync(join(folder, upload.id), { recursive: true, force: true });
    },
  };
};

const uploadQueries = (database: DatabaseSync) => {
  const add = database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?)');
  const find = database.prepare('SELECT row FROM uploads WHERE id = ?');
  const ofBucket = database.prepare('SELECT row FROM uploads WHERE bucket = ?');
  const parts = database.prepare('SELECT row FROM parts WHERE upload = ? ORDER BY number');
  const addPart = database.prepare(
    'INSERT INTO parts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET row = excluded.row',
  );
  const dropParts = database.prepare('DELETE FROM parts WHERE upload = ?');
  const drop = database.prepare('DELETE FROM uploads WHERE id = ?');
  return {
    add: (upload: Upload): void =>
      void add.run(upload.id, upload.bucket, Buffer.from(upload.key), JSON.stringify(upload)),
    find: (id: string) => parsed(find.get(id)) as Upload | undefined,
    ofBucket: (bucket: string) =>
      ofBucket
        .all(bucket)
        .map((row) => parsed(row) as Upload)
        .toSorted(byKeyThenTime),
    parts: (id: string) => parts.all(id).map((row) => parsed(row) as Part),
    addPart: (id: string, part: Part): void => void addPart.run(id, part.number, JSON.stringify(part)),
    forget: (id: string): void => {
      dropParts.run(id);
      drop.run(id);
    },
  };
};

const byKeyThenTime = (left: Upload, right: Upload): number =>
  Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)) ||
  left.initiated - right.initiated ||
  (left.id < right.id ? -1 : 1);

const removeStrays = (folder: string, queries: ReturnType<typeof uploadQueries>): void => {
  for (const id of readdirSync(folder)) {
    if (!queries.find(id)) rmSync(join(folder, id), { recursive: true, force: true });
    const kept = new Set(queries.parts(id).map((part) => part.file));
    const files = queries.find(id) ? readdirSync(join(folder, id)) : [];
    for (const file of files) if (!kept.has(file)) rmSync(join(folder, id, file), { force: true });
  }
};
