import { randomBytes, randomUUID } from 'node:crypto';
import type { IcebergContext } from './context.ts';
import type { Draft } from './draft.ts';
import { liveEntries, manifestsOf } from './files.ts';
import {
  CONTENT,
  STATUS,
  writeManifest,
  writeManifestList,
  type DataFile,
  type Entry,
  type FieldSummary,
  type Manifest,
  type PartitionValue,
} from './manifest.ts';
import { partitionColumns, type PartitionColumn } from './manifest-schema.ts';
import { schemaOf, snapshotOf, specOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { withoutSlash } from './object.ts';
import { compareScalars, encodeScalar } from './value.ts';
import { manifestsToMerge } from './properties.ts';
import { partitionScalar } from './prune.ts';
import { summarize } from './summary.ts';

/** What a commit does to a table's files. */
export interface Change {
  readonly operation: 'append' | 'overwrite' | 'delete' | 'replace';
  readonly added: readonly DataFile[];
  readonly removed: readonly DataFile[];
  /** The sequence number of added data files whose rows are older than this commit. */
  readonly sequence?: bigint;
}

const INHERITED = -1n;

const newSnapshotId = (): bigint => randomBytes(8).readBigUInt64BE() & 0x7f_ff_ff_ff_ff_ff_ff_ffn;

interface Writing {
  readonly context: IcebergContext;
  readonly draft: Draft;
  readonly metadata: TableMetadata;
  readonly snapshotId: bigint;
  readonly sequence: bigint;
  readonly addresses: string[];
}

/** Writes the manifests of the next snapshot; gives the snapshot and the addresses of what was written. */
export const writeSnapshot = async (
  context: IcebergContext,
  draft: Draft,
  metadata: TableMetadata,
  change: Change,
): Promise<{ snapshot: Snapshot; addresses: readonly string[] }> => {
  const parent = snapshotOf(metadata);
  const sequence = metadata['last-sequence-number'] + 1;
  const snapshotId = newSnapshotId();
  const addresses: string[] = [];
  const writing = { context, draft, metadata, snapshotId, sequence: BigInt(sequence), addresses };
  const kept = await keptManifests(writing, manifestsOf(context.store, parent), change.removed);
  const added = await addedManifests(writing, change);
  const manifests = await merged(writing, [...added, ...kept]);
  const address = `${metadataFolder(metadata)}/snap-${snapshotId}-1-${randomUUID()}.avro`;
  const head = { snapshotId, parentId: parent?.['snapshot-id'], sequence };
  addresses.push(address);
  await draft.put(address, writeManifestList(manifests, head));
  const snapshot: Snapshot = {
    'snapshot-id': snapshotId,
    ...(parent && { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': sequence,
    'timestamp-ms': Math.max(Date.now(), metadata['last-updated-ms'] + 1),
    'manifest-list': address,
    summary: { operation: change.operation, ...summarize(change, parent?.summary) },
    'schema-id': metadata['current-schema-id'],
  };
  return { snapshot, addresses };
};

const metadataFolder = (metadata: TableMetadata) => `${withoutSlash(metadata.location)}/metadata`;

/** The parent's manifests, those that name a removed file written anew without it. */
const keptManifests = async (
  writing: Writing,
  manifests: readonly Manifest[],
  removed: readonly DataFile[],
): Promise<Manifest[]> => {
  const gone = new Set(removed.map((file) => file.path));
  const specs = new Set(removed.map((file) => file.specId));
  const kept: Manifest[] = [];
  for (const manifest of manifests) {
    if (manifest.added.files + manifest.existing.files === 0) continue;
    const entries = specs.has(manifest.specId) ? liveEntries(writing.context.store, manifest) : [];
    if (!entries.some(({ file }) => gone.has(file.path))) kept.push(manifest);
    else kept.push(await rewritten(writing, manifest, entries, gone));
  }
  return kept;
};

const rewritten = (
  writing: Writing,
  manifest: Manifest,
  entries: readonly Entry[],
  gone: ReadonlySet<string>,
): Promise<Manifest> => {
  const next = entries.map((entry) =>
    gone.has(entry.file.path)
      ? { ...entry, status: STATUS.deleted, snapshotId: writing.snapshotId }
      : { ...entry, status: STATUS.existing },
  );
  return putManifest(writing, manifest.specId, manifest.content, next);
};

const addedManifests = async (writing: Writing, change: Change): Promise<Manifest[]> => {
  const groups = new Map<string, { specId: number; content: number; entries: Entry[] }>();
  for (const file of change.added) {
    const content = file.content === CONTENT.data ? 0 : 1;
    const key = `${file.specId} ${content}`;
    const group = groups.get(key) ?? { specId: file.specId, content, entries: [] };
    const sequence = content === 0 ? (change.sequence ?? INHERITED) : INHERITED;
    const { snapshotId } = writing;
    group.entries.push({ status: STATUS.added, snapshotId, sequence, fileSequence: INHERITED, file });
    groups.set(key, group);
  }
  const manifests: Manifest[] = [];
  for (const { specId, content, entries } of groups.values())
    manifests.push(await putManifest(writing, specId, content, entries));
  return manifests;
};

/** Many manifests of one spec and content become one, so that a long life of small commits stays quick to plan. */
const merged = async (writing: Writing, manifests: readonly Manifest[]): Promise<Manifest[]> => {
  if (manifests.length < manifestsToMerge(writing.metadata.properties)) return [...manifests];
  const groups = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const key = `${manifest.specId} ${manifest.content}`;
    groups.set(key, [...(groups.get(key) ?? []), manifest]);
  }
  const result: Manifest[] = [];
  for (const group of groups.values()) result.push(...(await mergedGroup(writing, group)));
  return result;
};

const mergedGroup = async (writing: Writing, group: readonly Manifest[]): Promise<Manifest[]> => {
  const { snapshotId, context } = writing;
  const own = group.filter((manifest) => manifest.snapshotId === snapshotId);
  const old = group.filter((manifest) => manifest.snapshotId !== snapshotId);
  const [first] = old;
  if (!first || old.length === 1) return [...group];
  const entries = old
    .flatMap((manifest) => liveEntries(context.store, manifest))
    .map((entry) => ({ ...entry, status: STATUS.existing }));
  return [...own, await putManifest(writing, first.specId, first.content, entries)];
};

const putManifest = async (
  { draft, metadata, snapshotId, sequence, addresses }: Writing,
  specId: number,
  content: number,
  entries: readonly Entry[],
): Promise<Manifest> => {
  const spec = specOf(metadata, specId);
  const columns = partitionColumns(spec, metadata.schemas);
  const bytes = writeManifest({ schema: schemaOf(metadata), spec, columns, content }, entries);
  const path = `${metadataFolder(metadata)}/${randomUUID()}-m${addresses.length}.avro`;
  addresses.push(path);
  await draft.put(path, bytes);
  const count = (status: number) => {
    const found = entries.filter((entry) => entry.status === status);
    return { files: found.length, rows: BigInt(found.reduce((sum, { file }) => sum + file.records, 0)) };
  };
  const live = entries.filter((entry) => entry.status !== STATUS.deleted);
  const sequences = live.map((entry) => (entry.sequence === INHERITED ? sequence : entry.sequence));
  return {
    path,
    length: bytes.length,
    specId,
    content,
    sequence,
    minSequence: sequences.reduce((least, one) => (one < least ? one : least), sequence),
    snapshotId,
    added: count(STATUS.added),
    existing: count(STATUS.existing),
    deleted: count(STATUS.deleted),
    partitions: columns.map((column, index) =>
      summaryOf(
        column,
        entries.map(({ file }) => file.partition[index] ?? null),
      ),
    ),
  };
};

const summaryOf = ({ type }: PartitionColumn, values: readonly PartitionValue[]): FieldSummary => {
  const scalars = values.flatMap((value) => partitionScalar(value, type) ?? []);
  const extreme = (sign: 1 | -1) =>
    scalars.reduce<(typeof scalars)[number] | undefined>(
      (best, one) => (best && sign * (compareScalars(one, best) ?? 0) <= 0 ? best : one),
      undefined,
    );
  const [lower, upper] = [extreme(-1), extreme(1)];
  return {
    containsNull: values.includes(null),
    lower: lower && encodeScalar(type, lower),
    upper: upper && encodeScalar(type, upper),
  };
};
