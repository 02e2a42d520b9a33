import { schemaOf, specOf } from './metadata.ts';
import { partitionColumns } from './manifest-schema.ts';
import type { IcebergTable } from './table.ts';
import { describedType } from './types.ts';

/** The lines of `DESCRIBE`: columns, then how the table is partitioned. */
export const describeLines = ({ metadata }: IcebergTable): string[] => [
  '# Table schema:\t\t',
  '# col_name\tdata_type\tcomment',
  ...schemaOf(metadata).fields.map(
    (field) => `${field.name.toLowerCase()}\t${describedType(field.type)}\t${field.doc ?? ''}`,
  ),
  '\t\t',
  '# Partition spec:\t\t',
  '# field_name\tfield_transform\tcolumn_name',
  ...partitionColumns(specOf(metadata), metadata.schemas).map(
    (column) => `${column.name}\t${column.transform}\t${column.source.name}`,
  ),
];
