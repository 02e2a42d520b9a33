import type { GlueTable } from '../../glue/catalog.ts';
import { BIGINT, quoteText, VARCHAR, type Type } from '../sql/types.ts';
import type { DataFile } from './files.ts';
import { partitionName } from './partition-name.ts';
import type { PartitionKey } from './projection.ts';

interface HiddenColumn {
  readonly name: string;
  readonly type: Type;
}

/**
 * The columns a Hive table has beside its own, for who names them
 * (https://docs.aws.amazon.com/athena/latest/ug/select.html#select-path, and Trino's Hive connector for the others).
 */
export const hiddenColumns = (table: GlueTable): readonly HiddenColumn[] => [
  { name: '$path', type: VARCHAR },
  { name: '$file_size', type: BIGINT },
  { name: '$file_modified_time', type: { k: 'timestamptz', p: 3, zone: 'UTC' } },
  ...((table.PartitionKeys ?? []).length > 0 ? [{ name: '$partition', type: VARCHAR }] : []),
];

/** Their values for one file, as DuckDB text. */
export const hiddenValues = (
  file: DataFile,
  keys: readonly PartitionKey[],
): Readonly<Record<string, string>> => ({
  $path: quoteText(file.address),
  $file_size: String(file.size),
  $file_modified_time: `${quoteText(file.lastModified.toISOString())}::TIMESTAMPTZ`,
  $partition: quoteText(
    partitionName(
      keys.map(({ name }) => name),
      keys.map(({ name }) => file.values[name]),
    ),
  ),
});
