import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { parquetMetadata, type FileMetaData } from 'hyparquet';
import { SqlError } from '../sql/error.ts';
import type { StoredFile } from './files.ts';

/** What the end of a Parquet file says of the rest. */
export interface Footer {
  /** The one object of all files with this schema. */
  readonly schema: FileSchema;
  /** Bytes of each leaf column over all row groups, compressed, as they lie in the file. */
  readonly bytes: readonly number[];
}

export interface FileSchema {
  /** Equal for files whose columns have equal names and types. */
  readonly id: string;
  /** The path of each leaf column in lower case: `['lines', 'list', 'element', 'sku']`. */
  readonly leaves: readonly (readonly string[])[];
}

export interface Footers {
  /** The footers of files in their order. A file is read once, until it is replaced. */
  of(files: readonly StoredFile[]): Promise<Footer[]>;
}

const KEPT = 50_000;

/** Files read without a pause: several milliseconds during which the local cloud answers nothing else. */
const IN_A_ROW = 32;

/**
 * Opens an empty cache of Parquet footers.
 *
 * @example
 * const [footer] = await openFooters().of([file]);
 */
export const openFooters = (): Footers => {
  const known = new Map<string, Footer>();
  const schemas = new Map<string, FileSchema>();
  return {
    async of(files) {
      const footers: Footer[] = [];
      let read = 0;
      for (const file of files) {
        const id = `${file.path} ${file.size} ${file.lastModified.getTime()}`;
        const footer = known.get(id) ?? footerOf(metadataOf(file), schemas);
        footers.push(footer);
        if (known.has(id)) continue;
        keep(known, id, footer);
        read += 1;
        if (read % IN_A_ROW === 0) await setImmediate();
      }
      return footers;
    },
  };
};

const keep = (known: Map<string, Footer>, id: string, footer: Footer) => {
  known.set(id, footer);
  const [oldest] = known.keys();
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
};

/** Length and magic number, the last bytes of every Parquet file. */
const END_BYTES = 8;
/** Most footers lie within it; a longer one takes a second read. */
const TAIL_BYTES = 16 * 1024;

const metadataOf = (file: StoredFile): FileMetaData => {
  const tail = readEnd(file, TAIL_BYTES);
  const length = tail.length < END_BYTES ? 0 : tail.readUInt32LE(tail.length - END_BYTES) + END_BYTES;
  const footer = length <= tail.length ? tail : readEnd(file, length);
  try {
    return parquetMetadata(footer);
  } catch (error) {
    throw new SqlError(
      'HIVE_BAD_DATA',
      `Not valid Parquet file: ${file.key} expected magic number: PAR1 (${(error as Error).message})`,
    );
  }
};

const readEnd = ({ key, path, size }: StoredFile, bytes: number): Buffer => {
  const end = Buffer.alloc(Math.min(bytes, size));
  try {
    const descriptor = openSync(path, 'r');
    readSync(descriptor, end, 0, end.length, size - end.length);
    closeSync(descriptor);
    return end;
  } catch (error) {
    throw new SqlError(
      'HIVE_CANNOT_OPEN_SPLIT',
      `Error opening Hive split ${key}: ${(error as Error).message}`,
    );
  }
};

const footerOf = ({ schema, row_groups: groups }: FileMetaData, schemas: Map<string, FileSchema>): Footer => {
  const id = JSON.stringify(schema);
  const shared = schemas.get(id) ?? { id, leaves: leavesOf(schema) };
  schemas.set(id, shared);
  const bytes = shared.leaves.map((_, index) =>
    groups.reduce(
      (sum, { columns }) => sum + Number(columns[index]?.meta_data?.total_compressed_size ?? 0),
      0,
    ),
  );
  return { schema: shared, bytes };
};

/** The schema is a tree written parent first: each element says how many children follow it. */
const leavesOf = (schema: FileMetaData['schema']): string[][] => {
  const rest = schema.values();
  const below = (path: readonly string[], count: number): string[][] =>
    Array.from({ length: count }).flatMap(() => {
      const { name = '', num_children: children } = rest.next().value ?? {};
      const here = [...path, name.toLowerCase()];
      return children === undefined ? [here] : below(here, children);
    });
  return below([], rest.next().value?.num_children ?? 0);
};
