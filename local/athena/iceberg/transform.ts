import { SqlError } from '../sql/error.ts';
import { murmur3 } from './murmur.ts';
import { decimalOf, type IcebergType } from './types.ts';
import { days, exact, signedBytes, type Scalar } from './value.ts';

/** How a partition value comes from a column (https://iceberg.apache.org/spec/#partition-transforms). */
export interface Transform {
  readonly kind: 'identity' | 'year' | 'month' | 'day' | 'hour' | 'bucket' | 'truncate' | 'void';
  /** Buckets, or characters or units of a truncated value. */
  readonly width: number;
}

/** Reads `day` or `bucket[16]`. */
export const parseTransform = (text: string): Transform => {
  const match = /^(identity|year|month|day|hour|void|bucket|truncate)(?:\[(\d+)\])?$/.exec(text);
  if (match) return { kind: match[1] as Transform['kind'], width: Number(match[2] ?? 0) };
  throw new SqlError('NOT_SUPPORTED', `The local cloud does not know the partition transform ${text}`);
};

/** The Iceberg type of a transform's values. */
export const resultType = ({ kind }: Transform, source: IcebergType): string => {
  if (kind === 'day') return 'date';
  return kind === 'identity' || kind === 'truncate' || kind === 'void' ? (source as string) : 'int';
};

const MOMENTS = new Set(['date', 'timestamp', 'timestamptz']);
const HASHED = new Set(['int', 'long', 'string', 'binary', ...MOMENTS]);
const TRUNCATED = new Set(['int', 'long', 'string']);
const isDecimal = (type: string) => type.startsWith('decimal');

const ALLOWED: Readonly<Record<Transform['kind'], (type: string) => boolean>> = {
  identity: () => true,
  void: () => true,
  year: (type) => MOMENTS.has(type),
  month: (type) => MOMENTS.has(type),
  day: (type) => MOMENTS.has(type),
  hour: (type) => type === 'timestamp' || type === 'timestamptz',
  bucket: (type) => HASHED.has(type) || isDecimal(type),
  truncate: (type) => TRUNCATED.has(type) || isDecimal(type),
};

/** Whether a column of this type can be partitioned so. */
export const isAllowed = ({ kind }: Transform, source: IcebergType): boolean =>
  typeof source === 'string' && ALLOWED[kind](source);

/** The name of the engine's function for buckets. */
export const BUCKET_FUNCTION = 'iceberg_bucket';

/** The partition value of a column as DuckDB text. */
export const transformSql = ({ kind, width }: Transform, sql: string, source: string): string => {
  switch (kind) {
    case 'identity':
      return sql;
    case 'void':
      return 'NULL';
    case 'year':
      return `CAST(year(${sql}) - 1970 AS INTEGER)`;
    case 'month':
      return `CAST((year(${sql}) - 1970) * 12 + month(${sql}) - 1 AS INTEGER)`;
    case 'day':
      return `CAST(${sql} AS DATE)`;
    case 'hour':
      return `CAST(epoch_us(date_trunc('hour', ${sql})) // 3600000000 AS INTEGER)`;
    case 'bucket':
      return `${BUCKET_FUNCTION}('${hashKind(source)}', ${hashText(sql, source)}, ${width})`;
    default:
      return truncateSql(sql, source, width);
  }
};

const truncateSql = (sql: string, source: string, width: number): string => {
  if (source === 'string') return `left(${sql}, ${width})`;
  const decimal = decimalOf(source);
  const type = decimal ? `DECIMAL(${decimal.p},${decimal.s})` : source === 'int' ? 'INTEGER' : 'BIGINT';
  const step = decimal ? `CAST('${width}e-${decimal.s}' AS ${type})` : String(width);
  return `CAST(${sql} - ((${sql} % ${step}) + ${step}) % ${step} AS ${type})`;
};

const hashKind = (source: string) =>
  source === 'string' || source === 'binary' ? source : isDecimal(source) ? 'decimal' : 'long';

const hashText = (sql: string, source: string): string => {
  if (source === 'binary') return `hex(${sql})`;
  if (isDecimal(source)) return `replace(CAST(${sql} AS VARCHAR), '.', '')`;
  if (source === 'date') return `CAST(CAST(${sql} AS DATE) - DATE '1970-01-01' AS VARCHAR)`;
  if (source === 'timestamp' || source === 'timestamptz') return `CAST(epoch_us(${sql}) AS VARCHAR)`;
  return `CAST(${sql} AS VARCHAR)`;
};

const HASHED_BYTES: Readonly<Record<string, (text: string) => Buffer>> = {
  string: (text) => Buffer.from(text),
  binary: (text) => Buffer.from(text, 'hex'),
  decimal: (text) => signedBytes(BigInt(text)),
  long: (text) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(text));
    return bytes;
  },
};

/** The bucket of a value; `kind` and `text` are as {@link transformSql} writes them. */
export const bucketOf = (kind: string, text: string, buckets: number): number =>
  (murmur3((HASHED_BYTES[kind] as (text: string) => Buffer)(text)) & 0x7f_ff_ff_ff) % buckets;

const HOUR_MICROS = 3_600_000_000n;
const floorDiv = (a: bigint, b: bigint) => (a >= 0n ? a / b : -((-a + b - 1n) / b));

/** The partition value of a value known now; nothing where the files of a partition cannot be told by it. */
export const transformScalar = (
  transform: Transform,
  value: Scalar,
  source: IcebergType,
): Scalar | undefined => {
  const { kind, width } = transform;
  if (kind === 'identity') return value;
  if (kind === 'bucket') return bucketScalar(value, source, width);
  if (kind === 'truncate') return truncateScalar(value, width, decimalOf(source)?.s ?? 0);
  if (value.kind !== 'moment') return undefined;
  if (kind === 'hour') return exact(floorDiv(value.value, HOUR_MICROS));
  if (kind === 'day') return days(floorDiv(value.value, HOUR_MICROS * 24n));
  const date = new Date(Number(floorDiv(value.value, 1000n)));
  const years = date.getUTCFullYear() - 1970;
  if (kind === 'year') return exact(BigInt(years));
  return kind === 'month' ? exact(BigInt(years * 12 + date.getUTCMonth())) : undefined;
};

const bucketScalar = (value: Scalar, source: IcebergType, width: number): Scalar | undefined => {
  if (typeof source !== 'string') return undefined;
  const kind = hashKind(source);
  const text = hashedText(value, source, kind);
  return text === undefined ? undefined : exact(BigInt(bucketOf(kind, text, width)));
};

const hashedText = (value: Scalar, source: string, kind: string): string | undefined => {
  if (kind === 'string' && value.kind === 'bytes') return value.value.toString();
  if (kind === 'binary' && value.kind === 'bytes') return value.value.toString('hex');
  if (value.kind === 'moment')
    return String(source === 'date' ? value.value / (HOUR_MICROS * 24n) : value.value);
  const scale = decimalOf(source)?.s ?? 0;
  if (value.kind !== 'exact' || value.scale > scale) return undefined;
  return String(value.value * 10n ** BigInt(scale - value.scale));
};

const truncateScalar = (value: Scalar, width: number, scale: number): Scalar | undefined => {
  if (value.kind === 'bytes') {
    const kept = Array.from(value.value.toString()).slice(0, width).join('');
    return { kind: 'bytes', value: Buffer.from(kept) };
  }
  if (value.kind !== 'exact' || value.scale > scale) return undefined;
  const digits = value.value * 10n ** BigInt(scale - value.scale);
  return exact(floorDiv(digits, BigInt(width)) * BigInt(width), scale);
};
