import { manifestsOf } from '../files.ts';
import { partitionColumns } from '../manifest-schema.ts';
import { specOf } from '../metadata.ts';
import { boundText } from '../partition-value.ts';
import {
  array,
  BIGINT,
  currentSnapshot,
  FLAG,
  INT,
  row,
  TEXT,
  type MetadataSource,
  type MetadataTable,
} from './table.ts';

/** `$manifests`: the manifests of the current snapshot. */
export const manifestsTable = (source: MetadataSource): MetadataTable => ({
  columns: [
    { name: 'path', type: TEXT },
    { name: 'length', type: BIGINT },
    { name: 'partition_spec_id', type: INT },
    { name: 'added_snapshot_id', type: BIGINT },
    { name: 'added_data_files_count', type: INT },
    { name: 'added_rows_count', type: BIGINT },
    { name: 'existing_data_files_count', type: INT },
    { name: 'existing_rows_count', type: BIGINT },
    { name: 'deleted_data_files_count', type: INT },
    { name: 'deleted_rows_count', type: BIGINT },
    {
      name: 'partitions',
      type: array(
        row([
          ['contains_null', FLAG],
          ['contains_nan', FLAG],
          ['lower_bound', TEXT],
          ['upper_bound', TEXT],
        ]),
      ),
    },
  ],
  rows: manifestsOf(source.store, currentSnapshot(source)).map((manifest) => {
    const columns = partitionColumns(specOf(source.metadata, manifest.specId), source.metadata.schemas);
    return [
      manifest.path,
      manifest.length,
      manifest.specId,
      manifest.snapshotId,
      manifest.added.files,
      manifest.added.rows,
      manifest.existing.files,
      manifest.existing.rows,
      manifest.deleted.files,
      manifest.deleted.rows,
      columns.map((column, index) => {
        const summary = manifest.partitions[index];
        const bound = (bytes: Buffer | undefined) => bytes && boundText(bytes, column);
        return [summary?.containsNull, false, bound(summary?.lower), bound(summary?.upper)];
      }),
    ];
  }),
});
