import { snapshotOf, type TableMetadata } from '../metadata.ts';
import { BIGINT, FLAG, INSTANT, type MetadataSource, type MetadataTable } from './table.ts';

/** `$history`: which snapshot was current since when. */
export const historyTable = ({ metadata }: MetadataSource): MetadataTable => {
  const ancestors = ancestorsOf(metadata);
  return {
    columns: [
      { name: 'made_current_at', type: INSTANT },
      { name: 'snapshot_id', type: BIGINT },
      { name: 'parent_id', type: BIGINT },
      { name: 'is_current_ancestor', type: FLAG },
    ],
    rows: metadata['snapshot-log'].map((entry) => [
      new Date(entry['timestamp-ms']),
      entry['snapshot-id'],
      snapshotOf(metadata, entry['snapshot-id'])?.['parent-snapshot-id'],
      ancestors.has(entry['snapshot-id']),
    ]),
  };
};

const ancestorsOf = (metadata: TableMetadata): ReadonlySet<bigint> => {
  const found = new Set<bigint>();
  let snapshot = snapshotOf(metadata);
  while (snapshot) {
    found.add(snapshot['snapshot-id']);
    const parent = snapshot['parent-snapshot-id'];
    snapshot = parent === undefined ? undefined : snapshotOf(metadata, parent);
  }
  return found;
};
