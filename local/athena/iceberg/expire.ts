import { snapshotOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { retention } from './properties.ts';

/**
 * The metadata without snapshots past their time; nothing when all are kept. The last ones of the main branch stay
 * whatever their age, as many as the table says, and so does what other branches and tags name.
 */
export const expireSnapshots = (metadata: TableMetadata, now: number): TableMetadata | undefined => {
  const kept = keptSnapshots(metadata, now);
  const snapshots = metadata.snapshots.filter((one) => kept.has(one['snapshot-id']));
  if (snapshots.length === metadata.snapshots.length) return undefined;
  const log = metadata['snapshot-log'];
  const gap = log.findLastIndex((entry) => !kept.has(entry['snapshot-id']));
  return { ...metadata, snapshots, 'snapshot-log': log.slice(gap + 1) };
};

const keptSnapshots = (metadata: TableMetadata, now: number): ReadonlySet<bigint> => {
  const { minSnapshots, maxAgeMs } = retention(metadata.properties);
  const isYoung = (snapshot: Snapshot) => snapshot['timestamp-ms'] >= now - maxAgeMs;
  const kept = new Set<bigint>();
  for (const [index, snapshot] of lineage(metadata, metadata['current-snapshot-id'] ?? undefined).entries()) {
    if (index >= minSnapshots && !isYoung(snapshot)) break;
    kept.add(snapshot['snapshot-id']);
  }
  for (const [name, ref] of Object.entries(metadata.refs)) {
    if (name === 'main') continue;
    for (const snapshot of ref.type === 'tag' ? [ref] : lineage(metadata, ref['snapshot-id']))
      kept.add(snapshot['snapshot-id']);
  }
  for (const snapshot of metadata.snapshots) if (isYoung(snapshot)) kept.add(snapshot['snapshot-id']);
  return kept;
};

/** A snapshot and its ancestors, newest first. */
const lineage = (metadata: TableMetadata, id: bigint | undefined): Snapshot[] => {
  const found: Snapshot[] = [];
  let snapshot = id === undefined ? undefined : snapshotOf(metadata, id);
  while (snapshot) {
    found.push(snapshot);
    const parent = snapshot['parent-snapshot-id'];
    snapshot = parent === undefined ? undefined : snapshotOf(metadata, parent);
  }
  return found;
};
