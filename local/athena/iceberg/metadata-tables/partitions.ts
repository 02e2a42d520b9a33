import { liveFiles } from '../files.ts';
import type { DataFile } from '../manifest.ts';
import { partitionColumns, type PartitionColumn } from '../manifest-schema.ts';
import { schemaOf, specOf } from '../metadata.ts';
import { boundText, partitionKey, partitionText } from '../partition-value.ts';
import { trinoType, type IcebergField } from '../types.ts';
import { compareScalars, decodeBound } from '../value.ts';
import { BIGINT, currentSnapshot, row, type Cell, type MetadataSource, type MetadataTable } from './table.ts';

/** `$partitions`: what each partition has; a table without partitions is one. */
export const partitionsTable = (source: MetadataSource): MetadataTable => {
  const { metadata } = source;
  const partition = partitionColumns(specOf(metadata), metadata.schemas);
  const keys = new Set(
    partition.filter((column) => column.transform === 'identity').map((column) => column.sourceId),
  );
  const fields = schemaOf(metadata).fields.filter(
    (field) => typeof field.type === 'string' && !keys.has(field.id),
  );
  const groups = new Map<string, DataFile[]>();
  for (const { file } of liveFiles(source.store, currentSnapshot(source)).data)
    groups.set(partitionKey(file), [...(groups.get(partitionKey(file)) ?? []), file]);
  return {
    columns: columnsOf(partition, fields),
    rows: [...groups.values()].map((files) => rowOf(files, partition, fields)),
  };
};

const columnsOf = (partition: readonly PartitionColumn[], fields: readonly IcebergField[]) => [
  ...(partition.length > 0
    ? [{ name: 'partition', type: row(partition.map(({ name, type }) => [name, trinoType(type)])) }]
    : []),
  { name: 'record_count', type: BIGINT },
  { name: 'file_count', type: BIGINT },
  { name: 'total_size', type: BIGINT },
  ...(fields.length > 0 ? [{ name: 'data', type: row(fields.map(statisticsType)) }] : []),
];

const statisticsType = (field: IcebergField) => {
  const type = trinoType(field.type);
  const statistics = row([
    ['min', type],
    ['max', type],
    ['null_count', BIGINT],
    ['nan_count', BIGINT],
  ]);
  return [field.name.toLowerCase(), statistics] as const;
};

const rowOf = (
  files: readonly DataFile[],
  partition: readonly PartitionColumn[],
  fields: readonly IcebergField[],
): Cell[] => {
  const sum = (pick: (file: DataFile) => number) => files.reduce((total, file) => total + pick(file), 0);
  const values = partition.map((column, index): Cell => {
    const value = files[0]?.partition[index] ?? null;
    return typeof value === 'number' && column.type === 'int'
      ? value
      : value === null
        ? null
        : partitionText(value, column);
  });
  return [
    ...(partition.length > 0 ? [values] : []),
    sum((file) => file.records),
    files.length,
    sum((file) => file.size),
    ...(fields.length > 0 ? [fields.map((field) => statisticsOf(field, files))] : []),
  ];
};

const statisticsOf = (field: IcebergField, files: readonly DataFile[]): Cell[] => {
  const nulls = files.map((file) => file.nullCounts.get(field.id));
  return [
    extreme(field, files, 'lower'),
    extreme(field, files, 'upper'),
    nulls.includes(undefined) ? null : nulls.reduce<number>((total, count) => total + (count ?? 0), 0),
    null,
  ];
};

const extreme = (field: IcebergField, files: readonly DataFile[], side: 'lower' | 'upper'): Cell => {
  const bounds = files.flatMap((file) => file[side].get(field.id) ?? []);
  const sign = side === 'lower' ? 1 : -1;
  const order = (a: Buffer, b: Buffer) => {
    const [x, y] = [decodeBound(field.type, a), decodeBound(field.type, b)];
    return sign * ((x && y && compareScalars(x, y)) ?? 0);
  };
  const [best] = bounds.toSorted(order);
  return best ? boundText(best, { transform: 'identity', type: field.type as string }) : null;
};
