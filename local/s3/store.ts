import { close, fstatSync, mkdirSync, openSync, readFile, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AwsError, type Cloud } from '../service.ts';
import type { Checksum, ChecksumAlgorithm } from './checksums.ts';
import { damagedObject, noSuchBucket, noSuchKey } from './errors.ts';
import { objectFiles } from './object-files.ts';
import { objectIndex, openDatabase } from './object-index.ts';
import type { BucketRow, ObjectMeta, ObjectRow } from './object-index.ts';
import { checkBucketName, checkKey } from './paths.ts';
import { stage, type ObjectBody, type Staged } from './staging.ts';
import { uploadStore, type UploadStore } from './uploads.ts';

export type { BucketRow, ObjectMeta } from './object-index.ts';
export type { ObjectBody, Staged } from './staging.ts';

/** One object. `etag` has no quotes, `size` is in bytes, `path` is the absolute path of its file. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly path: string;
  readonly meta: ObjectMeta;
  readonly checksum?: Checksum | undefined;
}

/**
 * The objects as the other services of the local cloud use them. Everything but `createBucket` and `hasBucket`
 * throws `NoSuchBucket` for a bucket that does not exist, and `KeyTooLongError` or `InvalidURI` for a bad key.
 */
export interface ObjectStore {
  /** Does nothing when the bucket exists. Throws `InvalidBucketName`. */
  createBucket(name: string): void;
  hasBucket(name: string): boolean;
  /** Writes or replaces an object; a reader sees the old one or the new one whole. Resolves once it is kept. */
  put(bucket: string, key: string, body: ObjectBody, meta?: ObjectMeta): Promise<ObjectInfo>;
  /** The object's bytes. Throws `NoSuchKey`. */
  get(bucket: string, key: string): Promise<Buffer>;
  head(bucket: string, key: string): ObjectInfo | undefined;
  /** All objects whose key starts with the prefix, in order of the key's UTF-8 bytes. */
  list(bucket: string, prefix: string): ObjectInfo[];
  /** Removes the object if there is one. */
  remove(bucket: string, key: string): void;
  close(): void;
}

/** An object opened for reading: `fd` stays valid whatever is written afterwards; who opens it closes it. */
export interface OpenObject {
  readonly info: ObjectInfo;
  readonly fd: number;
}

/** How a staged body becomes an object. */
export interface CommitOptions {
  readonly meta?: ObjectMeta;
  /** Instead of the MD5 of the bytes. */
  readonly etag?: string;
  readonly checksum?: Checksum | undefined;
  /** Sees what the object would replace, in the same step as the write; throwing stops the write. */
  readonly precondition?: (current: ObjectInfo | undefined) => void;
  /** Joins the transaction that records the object. */
  readonly also?: () => void;
}

/** What the REST interface needs beyond the port. */
export interface S3Store extends ObjectStore {
  buckets(): BucketRow[];
  bucket(name: string): BucketRow;
  /** Throws `BucketNotEmpty`. */
  deleteBucket(name: string): void;
  /** Lazily, from a position of bytes on. */
  scan(bucket: string, prefix: string, from?: Buffer): Iterable<ObjectInfo>;
  open(bucket: string, key: string): OpenObject;
  stage(body: ObjectBody, algorithms: readonly ChecksumAlgorithm[]): Promise<Staged>;
  discard(staged: Staged): Promise<void>;
  commit(bucket: string, key: string, staged: Staged, options?: CommitOptions): ObjectInfo;
  readonly uploads: UploadStore;
}

/**
 * Opens the objects kept under `<dataDir>/s3`: files at `<bucket>/<key>`, everything else about them in
 * `.index.sqlite`. What was acknowledged survives `kill -9`; what a killed process left half done is finished or
 * undone here. One process at a time; a second open throws.
 *
 * @example
 * const store = openObjectStore(cloud);
 * store.createBucket('lake');
 * const { path } = await store.put('lake', 'orders/1.parquet', { path: '/tmp/1.parquet' });
 */
export const openObjectStore = (cloud: Pick<Cloud, 'dataDir'>): S3Store => {
  const root = join(cloud.dataDir, 's3');
  const temp = join(root, '.tmp');
  mkdirSync(root, { recursive: true });
  const database = openDatabase(join(root, '.index.sqlite'));
  const index = objectIndex(database);
  const files = objectFiles(root, index);
  const uploads = uploadStore(database, root);
  files.recover();
  rmSync(temp, { recursive: true, force: true });
  mkdirSync(temp);

  const requireBucket = (name: string): BucketRow => {
    const found = index.findBucket(name);
    if (!found) throw noSuchBucket(name);
    return found;
  };
  const find = (bucket: string, key: string): ObjectRow | undefined => {
    requireBucket(bucket);
    checkKey(key);
    return index.findObject(bucket, key);
  };
  const head = (bucket: string, key: string) => describe(root, find(bucket, key));

  return {
    ...bucketActions(root, index, uploads, requireBucket),
    ...readers(root, index, requireBucket, head),
    ...writers(temp, root, files, head),
    remove: (bucket, key) => {
      const row = find(bucket, key);
      if (row) files.erase(row);
    },
    uploads,
    close: () => database.close(),
  };
};

type Index = ReturnType<typeof objectIndex>;
type Find = (bucket: string, key: string) => ObjectInfo | undefined;

const bucketActions = (
  root: string,
  index: Index,
  uploads: UploadStore,
  requireBucket: (name: string) => BucketRow,
) => ({
  createBucket: (name: string): void => {
    checkBucketName(name);
    mkdirSync(join(root, name), { recursive: true });
    index.addBucket(name);
  },
  hasBucket: (name: string): boolean => index.findBucket(name) !== undefined,
  bucket: requireBucket,
  buckets: () => index.allBuckets(),
  deleteBucket: (name: string): void => {
    requireBucket(name);
    for (const _ of index.scan(name, '')) throw bucketNotEmpty(name);
    for (const upload of uploads.ofBucket(name)) uploads.abort(upload);
    index.dropBucket(name);
    removeIfEmpty(join(root, name));
  },
});

const readers = (root: string, index: Index, requireBucket: (name: string) => BucketRow, head: Find) => {
  const open = (bucket: string, key: string): OpenObject => {
    const info = head(bucket, key);
    if (!info) throw noSuchKey(key);
    return { info, fd: openFile(info) };
  };
  function* scan(bucket: string, prefix: string, from?: Buffer): Generator<ObjectInfo> {
    requireBucket(bucket);
    for (const row of index.scan(bucket, prefix, from)) yield describe(root, row)!;
  }
  return {
    head,
    open,
    scan,
    list: (bucket: string, prefix: string): ObjectInfo[] => [...scan(bucket, prefix)],
    get: async (bucket: string, key: string): Promise<Buffer> => {
      const { fd } = open(bucket, key);
      return promisify(readFile)(fd).finally(() => promisify(close)(fd));
    },
  };
};

const writers = (temp: string, root: string, files: ReturnType<typeof objectFiles>, head: Find) => {
  const commit = (bucket: string, key: string, staged: Staged, options: CommitOptions = {}): ObjectInfo => {
    const current = head(bucket, key);
    options.precondition?.(current);
    const etag = options.etag ?? staged.md5.toString('hex');
    const { meta = {}, checksum } = options;
    const object = { bucket, key, size: staged.size, etag, modified: Date.now(), meta, checksum };
    return describe(root, files.place(object, staged.file, options.also))!;
  };
  return {
    stage: (body: ObjectBody, algorithms: readonly ChecksumAlgorithm[]) => stage(temp, body, algorithms),
    discard,
    commit,
    put: async (
      bucket: string,
      key: string,
      body: ObjectBody,
      meta: ObjectMeta = {},
    ): Promise<ObjectInfo> => {
      head(bucket, key);
      const staged = await stage(temp, body, []);
      try {
        head(bucket, key);
        return commit(bucket, key, staged, { meta });
      } catch (error) {
        await discard(staged);
        throw error;
      }
    },
  };
};

const discard = (staged: Staged) => rm(staged.file, { force: true });

const describe = (root: string, row: ObjectRow | undefined): ObjectInfo | undefined => {
  if (!row) return undefined;
  const { modified, path, ...rest } = row;
  return { ...rest, lastModified: new Date(modified), path: join(root, path) };
};

const openFile = (info: ObjectInfo): number => {
  let fd: number;
  try {
    fd = openSync(info.path, 'r');
  } catch {
    throw damagedObject(info.key, info.path);
  }
  if (fstatSync(fd).size === info.size) return fd;
  close(fd, () => {});
  throw damagedObject(info.key, info.path);
};

const bucketNotEmpty = (name: string): AwsError =>
  new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: name });

// A person may keep files of their own there; those stay.
const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
};
