import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { DataFile, PartitionValue } from './manifest.ts';
import { decimalSize, type PartitionColumn } from './manifest-schema.ts';
import { decimalOf } from './types.ts';
import { decodeBound, signedBytes } from './value.ts';

/** A partition value DuckDB computed, as Avro holds it. */
export const partitionValue = (value: DuckDBValue, type: string): PartitionValue => {
  if (value === null) return null;
  const decimal = decimalOf(type);
  if (decimal) return signedBytes((value as DuckDBDecimalValue).value, decimalSize(decimal.p));
  if (type === 'date') return (value as DuckDBDateValue).days;
  if (type.startsWith('timestamp')) return (value as DuckDBTimestampValue).micros;
  if (type === 'binary') return Buffer.from((value as DuckDBBlobValue).bytes);
  return value as PartitionValue;
};

const dayText = (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10);

type Shown = Pick<PartitionColumn, 'transform' | 'type'>;

/** A bound of a manifest as people read it. */
export const boundText = (bytes: Buffer, shown: Shown): string | undefined => {
  const scalar = decodeBound(shown.type, bytes);
  if (scalar?.kind === 'moment') {
    const value = shown.type === 'date' ? Number(scalar.value / DAY_MICROS) : scalar.value;
    return partitionText(value, shown);
  }
  if (scalar?.kind === 'bytes')
    return shown.type === 'string' ? scalar.value.toString() : scalar.value.toString('base64');
  if (scalar?.kind === 'exact' && scalar.scale > 0) return binaryText(bytes, shown.type);
  if (scalar?.kind === 'exact') return partitionText(Number(scalar.value), shown);
  return scalar && String(scalar.value);
};

const DAY_MICROS = 86_400_000_000n;

/** A partition value as people read it: `2026-11-22` for a day, `2026-11` for a month. */
export const partitionText = (value: PartitionValue, { transform, type }: Shown): string => {
  if (value === null) return 'null';
  if (transform === 'year') return String(1970 + Number(value));
  if (transform === 'month') {
    const month = new Date(0);
    month.setUTCMonth(Number(value));
    return month.toISOString().slice(0, 7);
  }
  if (transform === 'hour')
    return new Date(Number(value) * 3_600_000).toISOString().slice(0, 13).replace('T', '-');
  if (type === 'date') return dayText(Number(value));
  if (type.startsWith('timestamp')) return momentText(value as bigint);
  if (Buffer.isBuffer(value)) return binaryText(value, type);
  return String(value);
};

const momentText = (micros: bigint): string => {
  const text = new Date(Number(micros / 1000n)).toISOString().replace('Z', '');
  return micros % 1000n === 0n ? text : `${text}${String(micros % 1000n).padStart(3, '0')}`;
};

const binaryText = (bytes: Buffer, type: string): string => {
  const decimal = decimalOf(type);
  if (!decimal) return bytes.toString('base64');
  const digits = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const text = String(digits < 0n ? -digits : digits).padStart(decimal.s + 1, '0');
  const whole = text.slice(0, text.length - decimal.s);
  return `${digits < 0n ? '-' : ''}${whole}${decimal.s > 0 ? `.${text.slice(-decimal.s)}` : ''}`;
};

/** The folder of a partition's files: `change_time_day=2026-11-22/`. */
export const partitionPath = (
  values: readonly PartitionValue[],
  columns: readonly PartitionColumn[],
): string =>
  columns
    .map((column, index) => {
      const text = partitionText(values[index] ?? null, column);
      return `${encodeURIComponent(column.name)}=${encodeURIComponent(text)}/`;
    })
    .join('');

/** Text that is equal for files of one partition. */
export const partitionKey = ({ specId, partition }: DataFile): string =>
  JSON.stringify([
    specId,
    ...partition.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value))),
  ]);
