import { BIGINT, INSTANT, map, TEXT, type MetadataSource, type MetadataTable } from './table.ts';

/** `$snapshots`: every snapshot kept, oldest first. */
export const snapshotsTable = ({ metadata }: MetadataSource): MetadataTable => ({
  columns: [
    { name: 'committed_at', type: INSTANT },
    { name: 'snapshot_id', type: BIGINT },
    { name: 'parent_id', type: BIGINT },
    { name: 'operation', type: TEXT },
    { name: 'manifest_list', type: TEXT },
    { name: 'summary', type: map(TEXT, TEXT) },
  ],
  rows: metadata.snapshots.map((snapshot) => {
    const { operation, ...summary } = snapshot.summary;
    return [
      new Date(snapshot['timestamp-ms']),
      snapshot['snapshot-id'],
      snapshot['parent-snapshot-id'],
      operation,
      snapshot['manifest-list'],
      new Map(Object.entries(summary)),
    ];
  }),
});
