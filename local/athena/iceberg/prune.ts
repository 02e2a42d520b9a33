import type { Bound, ColumnTest } from '../analyze/scope.ts';
import type { DataFile, Manifest, PartitionValue } from './manifest.ts';
import type { PartitionColumn } from './manifest-schema.ts';
import { parseTransform, transformScalar } from './transform.ts';
import { decimalOf, type IcebergField } from './types.ts';
import { compareScalars, days, decodeBound, exact, moment, text, type Scalar } from './value.ts';

/** What a condition says of a column, or of the path of the file: rows for which it is not true are not wanted. */
export interface FileTest {
  readonly kind: 'test';
  /** Missing for the path. */
  readonly field: IcebergField | undefined;
  readonly op: ColumnTest['op'];
  readonly values: readonly Scalar[];
}

export type FileFilter = Bound<FileTest>;

const fulfils = (filter: FileFilter, test: (one: FileTest) => boolean): boolean => {
  if (filter.kind === 'test') return test(filter);
  const parts = (part: FileFilter) => fulfils(part, test);
  return filter.kind === 'all' ? filter.of.every(parts) : filter.of.some(parts);
};

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
const canMatch = ({ lower, upper }: Interval, op: FileTest['op'], values: readonly Scalar[]): boolean => {
  const [value] = values;
  switch (op) {
    case '<':
    case '<=':
      return below(lower, value, op === '<');
    case '>':
    case '>=':
      return below(value, upper, op === '>');
    case 'starts with':
      return below(value, upper, false) && (beginsWith(lower, value) || below(lower, value, false));
    case '<>':
    case 'not in':
      return !values.some((one) => isOnly(one, lower) && isOnly(one, upper));
    default:
      return values.some((one) => below(lower, one, false) && below(one, upper, false));
  }
};

const beginsWith = (value: Scalar | undefined, start: Scalar | undefined) =>
  value?.kind === 'bytes' &&
  start?.kind === 'bytes' &&
  value.value.subarray(0, start.value.length).equals(start.value);

const isOnly = (value: Scalar, bound: Scalar | undefined) =>
  bound !== undefined && compareScalars(value, bound) === 0;

/** Whether a data file can hold a row a filter wants, by its path, its statistics and its partition. */
export const fileCanMatch = (
  file: DataFile,
  filter: FileFilter,
  partition: readonly PartitionColumn[],
): boolean =>
  fulfils(
    filter,
    (test) =>
      statisticsCanMatch(file, test) &&
      partition.every((column, index) =>
        partitionCanMatch(point(file.partition[index] ?? null, column.type), test, column),
      ),
  );

const statisticsCanMatch = (file: DataFile, { field, op, values }: FileTest): boolean => {
  if (!field) return canMatch({ lower: text(file.path), upper: text(file.path) }, op, values);
  if (mayBeNaN(field, op)) return true;
  const [lower, upper] = [file.lower.get(field.id), file.upper.get(field.id)];
  const nulls = file.nullCounts.get(field.id);
  if (nulls !== undefined && nulls > 0 && nulls === file.valueCounts.get(field.id)) return false;
  return canMatch(
    { lower: lower && decodeBound(field.type, lower), upper: upper && decodeBound(field.type, upper) },
    op,
    values,
  );
};

/** Bounds leave NaN out, which is unequal to everything. */
const mayBeNaN = ({ type }: IcebergField, op: FileTest['op']) =>
  (op === '<>' || op === 'not in') && (type === 'float' || type === 'double');

/** Comparisons that outlive a transform, which may make different values equal. */
const RELAXED: Partial<Record<FileTest['op'], FileTest['op']>> = {
  '<': '<=',
  '<=': '<=',
  '>': '>=',
  '>=': '>=',
  '=': '=',
  in: 'in',
};

const partitionCanMatch = (
  interval: Interval | undefined,
  { field, op, values }: FileTest,
  column: PartitionColumn,
): boolean => {
  if (!field || column.sourceId !== field.id || mayBeNaN(field, op)) return true;
  const transform = parseTransform(column.transform);
  if (transform.kind === 'void' || (transform.kind === 'bucket' && op !== '=' && op !== 'in')) return true;
  const relaxed = transform.kind === 'identity' ? op : RELAXED[op];
  const transformed = values.map((value) => transformScalar(transform, value, field.type));
  if (relaxed === undefined || transformed.includes(undefined)) return true;
  return interval !== undefined && canMatch(interval, relaxed, transformed as Scalar[]);
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

/** Whether a manifest can name a file a filter wants, by the summary of its partitions. */
export const manifestCanMatch = (
  manifest: Manifest,
  filter: FileFilter,
  partition: readonly PartitionColumn[],
): boolean =>
  fulfils(filter, (test) =>
    partition.every((column, index) => {
      const summary = manifest.partitions[index];
      if (!summary) return true;
      const { lower, upper } = summary;
      const interval = lower &&
        upper && { lower: decodeBound(column.type, lower), upper: decodeBound(column.type, upper) };
      return partitionCanMatch(interval, test, column);
    }),
  );
