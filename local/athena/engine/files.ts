import type { Catalog, GlueTable } from '../../glue/catalog.ts';
import type { TableUse } from '../analyze/scope.ts';
import { SqlError } from '../sql/error.ts';
import { mayHold, type FileValues } from './file-bound.ts';
import { NULL_PARTITION } from './partition-name.ts';
import { fixedPrefix, partitionMatcher, readProjection, type PartitionKey } from './projection.ts';

/** One object of the store as a file on disk. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly path: string;
  readonly lastModified: Date;
}

/** What the engine needs of S3: the files below a prefix. */
export interface FileStore {
  list(bucket: string, prefix: string): readonly StoredFile[] | Promise<readonly StoredFile[]>;
}

/** What statements need of S3: files of tables, and a place for what they leave. */
export interface ObjectStore extends FileStore {
  put(
    bucket: string,
    key: string,
    body: Buffer | { readonly path: string },
    meta?: { contentType?: string },
  ): Promise<unknown>;
  get(bucket: string, key: string): Promise<Buffer>;
}

/** A file of a table. */
export interface DataFile extends StoredFile {
  /** `s3://bucket/key`. */
  readonly address: string;
  /** Of its partition, by key. */
  readonly values: FileValues;
}

export interface TablePlace {
  readonly catalog: Catalog;
  readonly store: FileStore;
  readonly now: Date;
}

/** Bucket and prefix of `s3://bucket/prefix`. */
export const splitLocation = (location: string): { bucket: string; prefix: string } => {
  const match = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(location);
  if (!match) throw new SqlError('HIVE_METASTORE_ERROR', `Location '${location}' is not an S3 address`);
  return { bucket: match[1] as string, prefix: match[2] as string };
};

/** A location as a folder: what lies in `s3://b/orders` does not lie in `s3://b/orders-old`. */
export const asFolder = (location: string): string => (location.endsWith('/') ? location : `${location}/`);

export const partitionKeys = (table: GlueTable): PartitionKey[] =>
  (table.PartitionKeys ?? []).map((key) => ({ name: key.Name.toLowerCase(), type: key.Type ?? 'string' }));

/** The files of a table that may have rows a query wants. */
export const filesOf = async (table: GlueTable, use: TableUse, place: TablePlace): Promise<DataFile[]> => {
  const files = await filesOfAll(table, use, place);
  return files.filter(({ values, address }) =>
    use.bounds.every((bound) => mayHold(bound, { ...values, $path: address })),
  );
};

const filesOfAll = (table: GlueTable, use: TableUse, place: TablePlace): Promise<DataFile[]> => {
  const location = table.StorageDescriptor?.Location ?? '';
  const keys = partitionKeys(table);
  if (keys.length === 0) return dataFiles(place, asFolder(location), () => ({}));
  const parameters = table.Parameters ?? {};
  const projected = readProjection({ name: table.Name, location, keys, parameters }, place.now);
  if (!projected) return registeredFiles(table, keys, place);
  requireInjected(keys, parameters, use);
  return dataFiles(place, fixedPrefix(projected.template), partitionMatcher(projected));
};

const registeredFiles = async (
  table: GlueTable,
  keys: readonly PartitionKey[],
  place: TablePlace,
): Promise<DataFile[]> => {
  const files: DataFile[] = [];
  for (const { Values, Location } of place.catalog.getPartitions(table.DatabaseName, table.Name)) {
    const values = Object.fromEntries(
      keys.map(({ name }, index) => [name, Values[index] === NULL_PARTITION ? undefined : Values[index]]),
    );
    files.push(...(await dataFiles(place, asFolder(Location), () => values)));
  }
  return files;
};

/** Files Hive reads below a location, with the partition each lies in: not empty markers, not names that begin with `_` or `.`. */
const dataFiles = async (
  { store }: TablePlace,
  location: string,
  valuesOf: (address: string) => FileValues | undefined,
): Promise<DataFile[]> => {
  const { bucket, prefix } = splitLocation(location);
  const files = await store.list(bucket, prefix);
  return files.flatMap((file) => {
    if (file.size === 0 || /(?:^|\/)[_.][^/]*$/.test(file.key)) return [];
    const address = `s3://${bucket}/${file.key}`;
    const values = valuesOf(address);
    const { key, size, path, lastModified } = file;
    return values ? [{ key, size, path, lastModified, address, values }] : [];
  });
};

const requireInjected = (
  keys: readonly PartitionKey[],
  parameters: Readonly<Record<string, string>>,
  use: TableUse,
) => {
  for (const { name } of keys) {
    const injected = parameters[`projection.${name}.type`]?.toLowerCase() === 'injected';
    const given = use.bounds.some(
      (bound) => bound.kind === 'test' && bound.column === name && (bound.op === '=' || bound.op === 'in'),
    );
    if (injected && !given) {
      throw new SqlError(
        'CONSTRAINT_VIOLATION',
        `For the injected projected partition column ${name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
      );
    }
  }
};
