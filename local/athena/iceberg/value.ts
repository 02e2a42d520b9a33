import { decimalOf, type IcebergType } from './types.ts';

const DAY_MICROS = 86_400_000_000n;

/**
 * A value as comparing needs it: numbers of any exact type by their digits and scale, moments as microseconds since
 * 1970 in UTC, text and bytes by their bytes.
 */
export type Scalar =
  | { readonly kind: 'exact'; readonly value: bigint; readonly scale: number }
  | { readonly kind: 'floating'; readonly value: number }
  | { readonly kind: 'moment'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly value: Buffer }
  | { readonly kind: 'boolean'; readonly value: boolean };

export const exact = (value: bigint, scale = 0): Scalar => ({ kind: 'exact', value, scale });
export const moment = (value: bigint): Scalar => ({ kind: 'moment', value });
export const days = (value: bigint): Scalar => moment(value * DAY_MICROS);
export const text = (value: string): Scalar => ({ kind: 'bytes', value: Buffer.from(value) });

/** Less than, equal to or greater than zero; nothing where the two cannot be compared. */
export const compareScalars = (a: Scalar, b: Scalar): number | undefined => {
  if (a.kind === 'exact' && b.kind === 'exact') return compareExact(a, b);
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== undefined && y !== undefined) return Number.isNaN(x) || Number.isNaN(y) ? undefined : x - y;
  if (a.kind === 'moment' && b.kind === 'moment') return sign(a.value - b.value);
  if (a.kind === 'bytes' && b.kind === 'bytes') return Buffer.compare(a.value, b.value);
  return a.kind === 'boolean' && b.kind === 'boolean' ? Number(a.value) - Number(b.value) : undefined;
};

const sign = (value: bigint) => (value < 0n ? -1 : value > 0n ? 1 : 0);

const compareExact = (a: { value: bigint; scale: number }, b: { value: bigint; scale: number }) => {
  const scale = Math.max(a.scale, b.scale);
  return sign(a.value * 10n ** BigInt(scale - a.scale) - b.value * 10n ** BigInt(scale - b.scale));
};

const asNumber = (value: Scalar): number | undefined => {
  if (value.kind === 'floating') return value.value;
  return value.kind === 'exact' ? Number(value.value) / 10 ** value.scale : undefined;
};

/** Reads a bound of a manifest (https://iceberg.apache.org/spec/#binary-single-value-serialization). */
export const decodeBound = (type: IcebergType, bytes: Buffer): Scalar | undefined => {
  if (typeof type !== 'string') return undefined;
  const decimal = decimalOf(type);
  if (decimal) return exact(signed(bytes), decimal.s);
  return DECODE[type]?.(bytes);
};

/** Promoted columns keep the bounds of their old, shorter type. */
const integer = (bytes: Buffer) =>
  bytes.length === 4 ? BigInt(bytes.readInt32LE()) : bytes.readBigInt64LE();

const DECODE: Readonly<Record<string, (bytes: Buffer) => Scalar>> = {
  boolean: (bytes) => ({ kind: 'boolean', value: bytes[0] !== 0 }),
  int: (bytes) => exact(integer(bytes)),
  long: (bytes) => exact(integer(bytes)),
  float: (bytes) => ({ kind: 'floating', value: bytes.readFloatLE() }),
  double: (bytes) => ({
    kind: 'floating',
    value: bytes.length === 4 ? bytes.readFloatLE() : bytes.readDoubleLE(),
  }),
  date: (bytes) => days(integer(bytes)),
  timestamp: (bytes) => moment(bytes.readBigInt64LE()),
  timestamptz: (bytes) => moment(bytes.readBigInt64LE()),
  string: (bytes) => ({ kind: 'bytes', value: bytes }),
  binary: (bytes) => ({ kind: 'bytes', value: bytes }),
};

const signed = (bytes: Buffer): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));

/** Two's complement, big end first, in as few bytes as hold it or in `length`. */
export const signedBytes = (value: bigint, length?: number): Buffer => {
  const size = length ?? fewestBytes(value);
  const hex = BigInt.asUintN(size * 8, value).toString(16);
  return Buffer.from(hex.padStart(size * 2, '0'), 'hex');
};

const fewestBytes = (value: bigint): number => {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size += 1;
  return size;
};

/** A bound for a manifest, from a text DuckDB gave for a smallest or greatest value; nothing where there can be none. */
export const encodeBound = (type: string, printed: string, upper: boolean): Buffer | undefined => {
  const decimal = decimalOf(type);
  if (decimal) return signedBytes(unscaled(printed, decimal.s));
  return ENCODE[type]?.(printed, upper);
};

/** The digits of a decimal as an integer: `1.5` at scale 2 is 150. */
export const unscaled = (printed: string, scale: number): bigint => {
  const [whole = '0', fraction = ''] = printed.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
};

const bytesOf = (size: number, write: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
};

const timestamp = (printed: string): Buffer | undefined => {
  const micros = parseMoment(printed);
  return micros === undefined ? undefined : bytesOf(8, (bytes) => bytes.writeBigInt64LE(micros));
};

const ENCODE: Readonly<Record<string, (printed: string, upper: boolean) => Buffer | undefined>> = {
  boolean: (printed) => Buffer.from([printed === '1' || printed === 'true' ? 1 : 0]),
  int: (printed) => bytesOf(4, (bytes) => bytes.writeInt32LE(Number(printed))),
  long: (printed) => bytesOf(8, (bytes) => bytes.writeBigInt64LE(BigInt(printed))),
  float: (printed) => bytesOf(4, (bytes) => bytes.writeFloatLE(Number(printed))),
  double: (printed) => bytesOf(8, (bytes) => bytes.writeDoubleLE(Number(printed))),
  date: (printed) => {
    const micros = parseMoment(printed);
    return micros === undefined
      ? undefined
      : bytesOf(4, (bytes) => bytes.writeInt32LE(Number(micros / DAY_MICROS)));
  },
  timestamp,
  timestamptz: timestamp,
  string: (printed, upper) => truncated(printed, upper),
};

/** Microseconds since 1970 of `2026-11-22 13:00:00.5` or `2026-11-22`; nothing for years of other than four digits. */
const parseMoment = (printed: string): bigint | undefined => {
  const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?)?(?:\+00)?$/.exec(printed);
  if (!match) return undefined;
  const seconds = BigInt(Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}Z`) / 1000);
  return seconds * 1_000_000n + BigInt((match[3] ?? '').padEnd(6, '0'));
};

const BOUND_LENGTH = 16;

/** Text bounds have at most 16 characters; a cut upper bound must still be at least as great as what was cut. */
const truncated = (printed: string, upper: boolean): Buffer | undefined => {
  const characters = Array.from(printed);
  if (characters.length <= BOUND_LENGTH) return Buffer.from(printed);
  const kept = characters.slice(0, BOUND_LENGTH);
  return upper ? raised(kept) : Buffer.from(kept.join(''));
};

const LAST_CODE_POINT = 0x10_ff_ff;

const raised = (characters: readonly string[]): Buffer | undefined => {
  for (let index = characters.length - 1; index >= 0; index -= 1) {
    const next = (characters[index]?.codePointAt(0) ?? 0) + 1;
    if (next > LAST_CODE_POINT) continue;
    const last = String.fromCodePoint(next === 0xd8_00 ? 0xe0_00 : next);
    return Buffer.from(characters.slice(0, index).join('') + last);
  }
  return undefined;
};

/** A bound for a manifest's summary of a partition field. */
export const encodeScalar = (type: string, value: Scalar): Buffer | undefined => {
  const decimal = decimalOf(type);
  if (decimal && value.kind === 'exact') return signedBytes(value.value);
  if (value.kind === 'bytes') return value.value;
  if (value.kind === 'boolean') return Buffer.from([Number(value.value)]);
  if (value.kind === 'floating') return ENCODE[type]?.(String(value.value), false);
  const number = type === 'date' ? value.value / DAY_MICROS : value.value;
  return type === 'int' || type === 'date'
    ? bytesOf(4, (bytes) => bytes.writeInt32LE(Number(number)))
    : bytesOf(8, (bytes) => bytes.writeBigInt64LE(number));
};
