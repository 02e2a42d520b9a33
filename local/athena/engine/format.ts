import {
  type DuckDBDateValue,
  type DuckDBIntervalValue,
  type DuckDBListValue,
  type DuckDBMapValue,
  type DuckDBStructValue,
  type DuckDBTimestampValue,
  type DuckDBTimestampTZValue,
  type DuckDBBlobValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { SqlError } from '../sql/error.ts';
import { typeName, type Type } from '../sql/types.ts';
import { canonicalJson } from './canonical-json.ts';

/** A value as Athena prints it in a result cell, or nothing for NULL. */
export const formatCell = (value: DuckDBValue, type: Type): string | undefined => {
  if (value === null) return undefined;
  if (type.k === 'varchar' || type.k === 'char') return value as string;
  return printed(value, type);
};

const nested = (value: DuckDBValue, type: Type): string => (value === null ? 'null' : printed(value, type));

const printed = (value: DuckDBValue, type: Type): string => {
  switch (type.k) {
    case 'double':
      return javaDouble(value as number);
    case 'real':
      return javaDouble(Number(Math.fround(value as number).toPrecision(9)), value as number);
    case 'timestamp':
      return timestamp((value as DuckDBTimestampValue).micros, type.p);
    case 'timestamptz':
      return zoned((value as DuckDBTimestampTZValue).micros, type);
    case 'date':
      return (value as DuckDBDateValue).toString();
    case 'array':
      return `[${(value as DuckDBListValue).items.map((item) => nested(item, type.of)).join(', ')}]`;
    case 'map':
      return mapText(value as DuckDBMapValue, type);
    case 'row':
      return rowText(value as DuckDBStructValue, type);
    case 'varbinary':
      return binary((value as DuckDBBlobValue).bytes);
    case 'json':
      return canonicalJson(value as string);
    case 'interval day to second':
    case 'interval year to month':
      return interval(value as DuckDBIntervalValue, type.k);
    default:
      return String(value);
  }
};

const mapText = (value: DuckDBMapValue, type: Type & { k: 'map' }) =>
  `{${value.entries.map((entry) => `${nested(entry.key, type.key)}=${nested(entry.value, type.value)}`).join(', ')}}`;

const rowText = (value: DuckDBStructValue, type: Type & { k: 'row' }): string => {
  const values = Object.values(value.entries);
  return `{${type.fields.map((field, i) => `${field.name ?? `field${i}`}=${nested(values[i] ?? null, field.type)}`).join(', ')}}`;
};

/** A double as Java prints it: `2.5`, `1.0E10`, `1.0E-5`, `NaN`, `Infinity`. */
const javaDouble = (value: number, single?: number): string => {
  if (!Number.isFinite(value) || value === 0)
    return Object.is(value, -0) ? '-0.0' : value === 0 ? '0.0' : String(value);
  const size = Math.abs(value);
  const digits = single === undefined ? String(value) : shortestSingle(single);
  if (size >= 1e-3 && size < 1e7) return plain(digits);
  const [mantissa = '', exponent] = Number(digits).toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
};

const plain = (digits: string) => (digits.includes('.') ? digits : `${digits}.0`);

/** The fewest digits that give the same 32-bit number back. */
const shortestSingle = (value: number): string => {
  for (let precision = 1; precision <= 9; precision += 1) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
};

/** Microseconds since 1970 as a wall clock with `p` fraction digits; finer digits are Athena's serialization error. */
const timestamp = (micros: bigint, p: number): string => {
  const unit = 10n ** BigInt(6 - Math.min(p, 6));
  if (micros % unit !== 0n) {
    throw new SqlError(
      'SERIALIZATION_ERROR',
      `Could not serialize column of type timestamp(${p}): value has a finer fraction`,
    );
  }
  const seconds = floorDiv(micros, 1_000_000n);
  const fraction = String(micros - seconds * 1_000_000n)
    .padStart(6, '0')
    .slice(0, p);
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return p === 0 ? text : `${text}.${fraction}`;
};

const floorDiv = (a: bigint, b: bigint) => (a >= 0n ? a / b : -((-a + b - 1n) / b));

const zoned = (micros: bigint, type: Type & { k: 'timestamptz' }): string => {
  if (type.zone === undefined) {
    throw new SqlError(
      'NOT_SUPPORTED',
      `The local cloud does not print ${typeName(type)} whose time zone differs from row to row`,
    );
  }
  return `${timestamp(micros + offsetMicros(micros, type.zone), type.p)} ${type.zone}`;
};

const offsetMicros = (micros: bigint, zone: string): bigint => {
  if (zone === 'UTC') return 0n;
  const instant = new Date(Number(floorDiv(micros, 1000n)));
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(instant)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name ?? '');
  if (!match) return 0n;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return BigInt((match[1] === '-' ? -seconds : seconds) * 1_000_000);
};

const binary = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

const interval = (value: DuckDBIntervalValue, kind: string): string => {
  if (kind === 'interval year to month') {
    const size = Math.abs(value.months);
    return `${value.months < 0 ? '-' : ''}${Math.trunc(size / 12)}-${size % 12}`;
  }
  const millis = (BigInt(value.days) * 86_400_000_000n + value.micros) / 1000n;
  const size = millis < 0n ? -millis : millis;
  const part = (unit: bigint, base: bigint, width: number) =>
    String((size / unit) % base).padStart(width, '0');
  const clock = `${part(3_600_000n, 24n, 2)}:${part(60_000n, 60n, 2)}:${part(1000n, 60n, 2)}.${part(1n, 1000n, 3)}`;
  return `${millis < 0n ? '-' : ''}${size / 86_400_000n} ${clock}`;
};
