import { BIGINT, INT, TEXT, type MetadataSource, type MetadataTable } from './table.ts';

/** `$refs`: branches and tags. */
export const refsTable = ({ metadata }: MetadataSource): MetadataTable => ({
  columns: [
    { name: 'name', type: TEXT },
    { name: 'type', type: TEXT },
    { name: 'snapshot_id', type: BIGINT },
    { name: 'max_reference_age_in_ms', type: BIGINT },
    { name: 'min_snapshots_to_keep', type: INT },
    { name: 'max_snapshot_age_in_ms', type: BIGINT },
  ],
  rows: Object.entries(metadata.refs).map(([name, ref]) => [
    name,
    ref.type.toUpperCase(),
    ref['snapshot-id'],
    ref['max-ref-age-ms'],
    ref['min-snapshots-to-keep'],
    ref['max-snapshot-age-ms'],
  ]),
});
