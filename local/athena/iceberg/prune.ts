import type { PartitionBound } from '../analyze/scope.ts';
import type { DataFile, Manifest, PartitionValue } from './manifest.ts';
import type { PartitionColumn } from './manifest-schema.ts';
import { parseTransform, transformScalar } from './transform.ts';
import { decimalOf, type IcebergField } from './types.ts';
import { compareScalars, days, decodeBound, exact, moment, text, type Scalar } from './value.ts';

/** What a condition says of a column: rows for which it is not true are not wanted. */
export interface FileFilter {
  readonly field: IcebergField;
  readonly op: PartitionBound['op'];
  readonly values: readonly Scalar[];
}

interface Interval {
  readonly lower: Scalar | undefined;
  readonly upper: Scalar | undefined;
}

/** Whether one is less than the other, or not greater; true where that cannot be told. */
const below = (a: Scalar | undefined, b: Scalar | undefined, strictly: boolean): boolean => {
  const order = a && b ? compareScalars(a, b) : undefined;
  return order === undefined || order < 0 || (order === 0 && !strictly);
};

/** Whether values of an interval can fulfil a comparison; true where that cannot be told. */
const canMatch = ({ lower, upper }: Interval, op: FileFilter['op'], values: readonly Scalar[]): boolean => {
  const [value] = values;
  if (op === '<' || op === '<=') return below(lower, value, op === '<');
  if (op === '>' || op === '>=') return below(value, upper, op === '>');
  return values.some((one) => below(lower, one, false) && below(one, upper, false));
};

/** Whether a data file can hold a row all filters want, by its statistics and its partition. */
export const fileCanMatch = (
  file: DataFile,
  filters: readonly FileFilter[],
  partition: readonly PartitionColumn[],
): boolean =>
  filters.every(
    (filter) =>
      statisticsCanMatch(file, filter) &&
      partition.every((column, index) =>
        partitionCanMatch(point(file.partition[index] ?? null, column.type), filter, column),
      ),
  );

const statisticsCanMatch = (file: DataFile, { field, op, values }: FileFilter): boolean => {
  const [lower, upper] = [file.lower.get(field.id), file.upper.get(field.id)];
  const nulls = file.nullCounts.get(field.id);
  if (nulls !== undefined && nulls > 0 && nulls === file.valueCounts.get(field.id)) return false;
  return canMatch(
    { lower: lower && decodeBound(field.type, lower), upper: upper && decodeBound(field.type, upper) },
    op,
    values,
  );
};

const RELAXED = { '<': '<=', '<=': '<=', '>': '>=', '>=': '>=', '=': '=', in: 'in' } as const;

const partitionCanMatch = (
  interval: Interval | undefined,
  { field, op, values }: FileFilter,
  column: PartitionColumn,
): boolean => {
  if (column.sourceId !== field.id) return true;
  const transform = parseTransform(column.transform);
  if (transform.kind === 'void' || (transform.kind === 'bucket' && op !== '=' && op !== 'in')) return true;
  const transformed = values.map((value) => transformScalar(transform, value, field.type));
  if (transformed.includes(undefined)) return true;
  return interval !== undefined && canMatch(interval, RELAXED[op], transformed as Scalar[]);
};

/** The interval of one partition value; nothing for NULL, which no comparison fulfils. */
const point = (value: PartitionValue, type: string): Interval | undefined => {
  if (value === null) return undefined;
  const scalar = partitionScalar(value, type);
  return { lower: scalar, upper: scalar };
};

/** A partition value as Avro gave it, to be compared. */
export const partitionScalar = (value: PartitionValue, type: string): Scalar | undefined => {
  const decimal = decimalOf(type);
  if (Buffer.isBuffer(value)) {
    if (!decimal) return { kind: 'bytes', value };
    return decodeBound(type, value);
  }
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return text(value);
  if (value === null) return undefined;
  if (type === 'float' || type === 'double') return { kind: 'floating', value: Number(value) };
  if (type === 'date') return days(BigInt(value));
  return type.startsWith('timestamp') ? moment(BigInt(value)) : exact(BigInt(value));
};

/** Whether a manifest can name a file all filters want, by the summary of its partitions. */
export const manifestCanMatch = (
  manifest: Manifest,
  filters: readonly FileFilter[],
  partition: readonly PartitionColumn[],
): boolean =>
  filters.every((filter) =>
    partition.every((column, index) => {
      const summary = manifest.partitions[index];
      if (!summary) return true;
      const { lower, upper } = summary;
      const interval = lower &&
        upper && { lower: decodeBound(column.type, lower), upper: decodeBound(column.type, upper) };
      return partitionCanMatch(interval, filter, column);
    }),
  );
