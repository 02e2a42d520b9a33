import type { GlueTable } from '../../glue/catalog.ts';
import { SqlError } from '../sql/error.ts';
import type { IcebergContext } from './context.ts';
import type { Draft } from './draft.ts';
import { liveFiles } from './files.ts';
import { printMetadata, snapshotOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { metadataFilesToKeep } from './properties.ts';
import { writeSnapshot, type Change } from './snapshot.ts';
import { glueInput, loadTable, nextMetadataLocation, type IcebergTable } from './table.ts';

/** Commits that lose against others begin anew so many times. */
const ATTEMPTS = 20;

export const commitError = ({ DatabaseName, Name }: GlueTable, why: string): SqlError =>
  new SqlError(
    'ICEBERG_COMMIT_ERROR',
    `Failed to commit Iceberg update to table: ${DatabaseName}.${Name}: ${why}`,
  );

/** What a commit makes of a table's present state: its next metadata, and what it wrote for it. */
interface Next {
  readonly metadata: TableMetadata;
  readonly addresses: readonly string[];
}

/**
 * Makes the next state of a table and points the catalogue to it, if nobody else has moved the table meanwhile; else
 * once more from the state there is then.
 */
const commit = async (
  context: IcebergContext,
  draft: Draft,
  start: IcebergTable,
  next: (current: IcebergTable) => Promise<Next | undefined>,
): Promise<void> => {
  const { DatabaseName, Name } = start.glue;
  context.authorizeGlue('glue:UpdateTable', DatabaseName, Name);
  context.authorizeWrite(start.metadata.location);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const current = present(context, start);
    const made = await next(current);
    if (!made) return;
    const location = nextMetadataLocation(made.metadata.location, current.metadataLocation);
    await draft.put(location, Buffer.from(printMetadata(made.metadata)));
    context.proceed();
    const input = glueInput(Name, made.metadata, location, current.glue);
    if (context.catalog.replaceTable(current.glue, input)) return;
    draft.discard([location, ...made.addresses]);
  }
  throw commitError(start.glue, 'other commits came first each time');
};

/** The table as it is now; it must still be the one the statement began with. */
const present = ({ catalog, store }: IcebergContext, start: IcebergTable): IcebergTable => {
  const { DatabaseName, Name } = start.glue;
  const glue = catalog.getTable(DatabaseName, Name);
  if (!glue) throw commitError(start.glue, 'the table was dropped');
  if (glue === start.glue) return start;
  const current = loadTable(store, glue);
  if (current.metadata['table-uuid'] === start.metadata['table-uuid']) return current;
  throw commitError(start.glue, 'the table was dropped and created anew');
};

/** The metadata of a change: dated, and remembering the file before it. */
const advanced = (current: IcebergTable, metadata: TableMetadata, time: number): TableMetadata => {
  const before = current.metadata;
  const log = [
    ...before['metadata-log'],
    { 'timestamp-ms': before['last-updated-ms'], 'metadata-file': current.metadataLocation },
  ];
  return {
    ...metadata,
    'last-updated-ms': Math.max(time, before['last-updated-ms']),
    'metadata-log': log.slice(-metadataFilesToKeep(metadata.properties)),
  };
};

/** Commits a change of schema, properties or snapshots; `change` gives nothing when there is nothing to do. */
export const commitMetadata = (
  context: IcebergContext,
  draft: Draft,
  start: IcebergTable,
  change: (metadata: TableMetadata) => TableMetadata | undefined,
): Promise<void> =>
  commit(context, draft, start, async (current) => {
    const metadata = change(current.metadata);
    return metadata && { metadata: advanced(current, metadata, Date.now()), addresses: [] };
  });

/** What commits by others a commit goes along with. */
export type Tolerance = 'all' | 'rewrites' | 'appends';

/**
 * Commits a change of files as the next snapshot. Rows appended go well with whatever others did meanwhile (`all`).
 * Rows changed do not go with rows others changed or added, only with files rewritten (`rewrites`); files rewritten
 * only with rows added (`appends`). Everything else is Athena's ICEBERG_COMMIT_ERROR.
 */
export const commitChange = (
  context: IcebergContext,
  draft: Draft,
  start: IcebergTable,
  change: Change & { readonly needs: readonly string[]; readonly tolerance: Tolerance },
): Promise<void> =>
  commit(context, draft, start, async (current) => {
    if (change.tolerance !== 'all') refuseConflicts(context, start, current, change);
    const { snapshot, addresses } = await writeSnapshot(context, draft, current.metadata, change);
    const metadata = withSnapshot(current.metadata, snapshot);
    return { metadata: advanced(current, metadata, snapshot['timestamp-ms']), addresses };
  });

const OPERATIONS = { rewrites: ['replace'], appends: ['append'] } as const;

const refuseConflicts = (
  { store }: IcebergContext,
  start: IcebergTable,
  { metadata }: IcebergTable,
  change: { readonly needs: readonly string[]; readonly tolerance: Tolerance },
) => {
  const base = start.metadata['current-snapshot-id'] ?? undefined;
  if ((metadata['current-snapshot-id'] ?? undefined) === base) return;
  const allowed: readonly string[] = change.tolerance === 'all' ? [] : OPERATIONS[change.tolerance];
  for (const snapshot of since(metadata, base, start)) {
    if (!allowed.includes(snapshot.summary['operation'] ?? ''))
      throw commitError(start.glue, 'Found conflicting files that can contain records matching true');
  }
  const live = liveFiles(store, snapshotOf(metadata));
  const paths = new Set([...live.data, ...live.deletes].map(({ file }) => file.path));
  if (!change.needs.every((path) => paths.has(path)))
    throw commitError(start.glue, 'Cannot commit, missing data files');
};

/** The snapshots from the current one back to a base, which must be among its ancestors. */
const since = (metadata: TableMetadata, base: bigint | undefined, start: IcebergTable): Snapshot[] => {
  const found: Snapshot[] = [];
  let snapshot = snapshotOf(metadata);
  while (snapshot && snapshot['snapshot-id'] !== base) {
    found.push(snapshot);
    const parent = snapshot['parent-snapshot-id'];
    snapshot = parent === undefined ? undefined : snapshotOf(metadata, parent);
  }
  if (snapshot || base === undefined) return found;
  throw commitError(start.glue, 'the snapshot it began with is gone');
};

const withSnapshot = (metadata: TableMetadata, snapshot: Snapshot): TableMetadata => ({
  ...metadata,
  'last-sequence-number': snapshot['sequence-number'],
  'current-snapshot-id': snapshot['snapshot-id'],
  snapshots: [...metadata.snapshots, snapshot],
  'snapshot-log': [
    ...metadata['snapshot-log'],
    { 'timestamp-ms': snapshot['timestamp-ms'], 'snapshot-id': snapshot['snapshot-id'] },
  ],
  refs: {
    ...metadata.refs,
    main: { ...metadata.refs['main'], 'snapshot-id': snapshot['snapshot-id'], type: 'branch' },
  },
});
