import type { Type } from '../../sql/types.ts';
import { liveFiles } from '../files.ts';
import { boundText } from '../partition-value.ts';
import { leaves, type Leaf } from '../types.ts';
import {
  array,
  BIGINT,
  currentSnapshot,
  INT,
  map,
  TEXT,
  type Cell,
  type MetadataSource,
  type MetadataTable,
} from './table.ts';

const NUMBERS: Type = map(INT, BIGINT);
const BOUNDS: Type = map(INT, TEXT);

/** `$files`: the data files of the current snapshot. */
export const filesTable = (source: MetadataSource): MetadataTable => {
  const known = new Map(
    source.metadata.schemas.flatMap((schema) => leaves(schema.fields)).map((leaf) => [leaf.id, leaf]),
  );
  return {
    columns: [
      { name: 'content', type: INT },
      { name: 'file_path', type: TEXT },
      { name: 'file_format', type: TEXT },
      { name: 'record_count', type: BIGINT },
      { name: 'file_size_in_bytes', type: BIGINT },
      { name: 'column_sizes', type: NUMBERS },
      { name: 'value_counts', type: NUMBERS },
      { name: 'null_value_counts', type: NUMBERS },
      { name: 'nan_value_counts', type: NUMBERS },
      { name: 'lower_bounds', type: BOUNDS },
      { name: 'upper_bounds', type: BOUNDS },
      { name: 'key_metadata', type: { k: 'varbinary' } },
      { name: 'split_offsets', type: array(BIGINT) },
      { name: 'equality_ids', type: array(INT) },
    ],
    rows: liveFiles(source.store, currentSnapshot(source)).data.map(({ file }) => [
      file.content,
      file.path,
      file.format,
      file.records,
      file.size,
      file.columnSizes,
      file.valueCounts,
      file.nullCounts,
      file.nanCounts.size === 0 ? null : file.nanCounts,
      bounds(file.lower, known),
      bounds(file.upper, known),
      file.keyMetadata,
      file.splitOffsets,
      file.equalityIds,
    ]),
  };
};

const bounds = (
  found: ReadonlyMap<number, Buffer>,
  known: ReadonlyMap<number, Leaf>,
): ReadonlyMap<Cell, Cell> =>
  new Map(
    [...found].flatMap(([id, bytes]): [Cell, Cell][] => {
      const leaf = known.get(id);
      return leaf ? [[id, boundText(bytes, { transform: 'identity', type: leaf.type })]] : [];
    }),
  );
