import { quoteName, quoteText } from '../sql/types.ts';
import type { IcebergContext } from './context.ts';
import { liveFiles, type LiveFiles } from './files.ts';
import type { DataFile, Entry } from './manifest.ts';
import { snapshotOf, type TableMetadata } from './metadata.ts';
import { pathOf } from './object.ts';
import { partitionKey } from './partition-value.ts';
import { compaction } from './properties.ts';

/** Which files a compaction rewrites. */
export interface CompactionPlan {
  /** Data files by partition, as many partitions as one run takes. */
  readonly groups: readonly (readonly Entry[])[];
  readonly deletes: readonly Entry[];
  /** Delete files that mean no other file than the rewritten ones. */
  readonly obsolete: readonly DataFile[];
  /** Whether partitions were left for another run. */
  readonly more: boolean;
}

/** Athena compacts so many partitions at most in one run. */
const PARTITIONS_A_RUN = 100;

/**
 * Chooses the data files that are too small, too large or have too many delete files, partition by partition, by the
 * table's thresholds; `wanted` tells which files may be chosen at all.
 */
export const planCompaction = async (
  context: IcebergContext,
  metadata: TableMetadata,
  wanted: (file: DataFile) => boolean,
): Promise<CompactionPlan> => {
  const live = liveFiles(context.store, snapshotOf(metadata));
  const meant = await deletedPaths(context, live.deletes);
  const groups = chosen(metadata, live, meant, wanted);
  const taken = groups.slice(0, PARTITIONS_A_RUN);
  const paths = new Set(taken.flat().map(({ file }) => file.path));
  const others = new Set(live.data.map(({ file }) => file.path).filter((path) => !paths.has(path)));
  const obsolete = live.deletes
    .map(({ file }) => file)
    .filter((file) => ![...(meant.get(file.path) ?? [])].some((path) => others.has(path)));
  return { groups: taken, deletes: live.deletes, obsolete, more: groups.length > taken.length };
};

const chosen = (
  metadata: TableMetadata,
  live: LiveFiles,
  meant: ReadonlyMap<string, ReadonlySet<string>>,
  wanted: (file: DataFile) => boolean,
): Entry[][] => {
  const limits = compaction(metadata.properties);
  const counts = new Map<string, number>();
  for (const paths of meant.values()) for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  const crowded = ({ file }: Entry) => (counts.get(file.path) ?? 0) >= limits.deleteFiles;
  const groups = new Map<string, Entry[]>();
  for (const entry of live.data.filter(({ file }) => wanted(file))) {
    const { size } = entry.file;
    if (size >= limits.minSize && size <= limits.maxSize && !crowded(entry)) continue;
    const key = partitionKey(entry.file);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].filter((group) => group.length >= limits.dataFiles || group.some(crowded));
};

/** The data files each delete file means. */
const deletedPaths = async (
  { connection, store }: IcebergContext,
  deletes: readonly Entry[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const found = new Map<string, Set<string>>();
  if (deletes.length === 0) return found;
  const addresses = new Map(deletes.map(({ file }) => [pathOf(store, file.path), file.path]));
  const column = 'path of file';
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT ${quoteName(column)}, file_path FROM read_parquet([${[...addresses.keys()].map(quoteText).join(', ')}], filename = ${quoteText(column)})`,
  );
  for (const [path, meant] of reader.getRows()) {
    const address = addresses.get(String(path)) ?? '';
    const known = found.get(address) ?? new Set<string>();
    found.set(address, known.add(String(meant)));
  }
  return found;
};
