import { splitLocation } from '../engine/files.ts';
import { SqlError } from '../sql/error.ts';
import { commitMetadata } from './commit.ts';
import type { IcebergContext, TableStore } from './context.ts';
import { withDraft } from './draft.ts';
import { expireSnapshots } from './expire.ts';
import type { Snapshot, TableMetadata } from './metadata.ts';
import { withoutSlash } from './object.ts';
import { retention } from './properties.ts';
import { reachable } from './reachable.ts';
import { findIceberg, type IcebergTable } from './table.ts';
import { dataLocation } from './write.ts';

/** Files Athena deletes at most in one run. */
const FILES_A_RUN = 20_000;

/**
 * Expires a table's old snapshots and deletes the files no snapshot has: those of expired snapshots at once, orphans
 * when they are older than snapshots may be. Without the right to delete, files stay and nothing fails, as on AWS.
 */
export const vacuumTable = async (context: IcebergContext, table: IcebergTable, now: Date): Promise<void> => {
  let expired: readonly Snapshot[] = [];
  await withDraft(context, (draft) =>
    commitMetadata(context, draft, table, (metadata) => {
      const next = expireSnapshots(metadata, now.getTime());
      expired = next ? metadata.snapshots.filter((one) => !next.snapshots.includes(one)) : [];
      return next;
    }),
  );
  if (context.mayDelete(table.metadata.location)) deleteUnused(context, table, expired, now);
};

/** In one step, so that no commit comes between looking and deleting. */
const deleteUnused = (
  context: IcebergContext,
  { glue }: IcebergTable,
  expired: readonly Snapshot[],
  now: Date,
) => {
  const { store, runtime } = context;
  const current = findIceberg(context, glue.DatabaseName, glue.Name);
  if (!current) return;
  const { metadata } = current;
  const used = reachable(store, metadata.snapshots);
  used.add(current.metadataLocation);
  for (const entry of metadata['metadata-log']) used.add(entry['metadata-file']);
  const unused = new Set([...former(store, expired, used), ...orphans(store, metadata, used, now)]);
  for (const address of runtime.inFlight) unused.delete(address);
  for (const address of [...unused].slice(0, FILES_A_RUN)) {
    const { bucket, prefix } = splitLocation(address);
    store.remove(bucket, prefix);
  }
  if (unused.size > FILES_A_RUN)
    throw new SqlError(
      'ICEBERG_VACUUM_MORE_RUNS_NEEDED',
      `Removed ${FILES_A_RUN} files; VACUUM must be run again for the others`,
    );
};

const former = (store: TableStore, expired: readonly Snapshot[], used: ReadonlySet<string>): string[] =>
  [...reachable(store, expired, used)].filter((address) => !used.has(address));

const orphans = (
  store: TableStore,
  metadata: TableMetadata,
  used: ReadonlySet<string>,
  now: Date,
): string[] => {
  const { maxAgeMs } = retention(metadata.properties);
  const oldest = now.getTime() - maxAgeMs;
  return [dataLocation(metadata), `${withoutSlash(metadata.location)}/metadata`].flatMap((folder) => {
    const { bucket, prefix } = splitLocation(`${folder}/`);
    return store
      .list(bucket, prefix)
      .filter(({ lastModified }) => lastModified.getTime() < oldest)
      .map(({ key }) => `s3://${bucket}/${key}`)
      .filter((address) => !used.has(address));
  });
};
