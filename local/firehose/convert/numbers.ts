import { mismatch } from './errors.ts';
import { ExactNumber, type Json } from './json.ts';

/** A JSON value to the JSON text the Parquet writer reads for it. Never called with null. */
export type Writer = (value: Exclude<Json, null>) => string;

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const MAX_EXPONENT = 10_000;

/** Java's words for text that is no number. */
const notANumber = (text: string): Error => mismatch(`For input string: ${JSON.stringify(text)}`);

interface Decimal {
  readonly negative: boolean;
  /** All digits; the value is `digits × 10^-scale`. */
  readonly digits: string;
  readonly scale: number;
}

const parseDecimal = (text: string): Decimal => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (sign === undefined || whole.length + fraction.length === 0) throw notANumber(text);
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const scale = digits === '0' ? 0 : fraction.length - Number(exponent);
  if (Math.abs(scale) > MAX_EXPONENT) throw mismatch(`The number ${text} is out of range.`);
  return { negative: sign === '-', digits, scale };
};

/** The unscaled value at another scale, halves away from zero. */
const rescale = ({ negative, digits, scale }: Decimal, to: number): bigint => {
  const shift = to - scale;
  const unscaled = shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : roundAway(digits, -shift);
  return negative ? -unscaled : unscaled;
};

const roundAway = (digits: string, dropped: number): bigint => {
  if (dropped > digits.length) return 0n;
  const kept = BigInt(digits.slice(0, digits.length - dropped) || '0');
  return digits.charCodeAt(digits.length - dropped) >= 53 ? kept + 1n : kept;
};

const printUnscaled = (unscaled: bigint, scale: number): string => {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale > 0 ? `${whole}.${digits.slice(digits.length - scale)}` : whole;
  return unscaled < 0n ? `-${text}` : text;
};

const textOf = (value: number | string | ExactNumber): string =>
  value instanceof ExactNumber ? value.text : String(value);

const kindOf = (value: Json): string => (typeof value === 'boolean' ? 'a boolean' : 'an object or array');

const numeric = (value: Exclude<Json, null>): number | string | ExactNumber => {
  if (typeof value === 'number' || typeof value === 'string' || value instanceof ExactNumber) return value;
  throw mismatch(`A number is expected and the data has ${kindOf(value)}.`);
};

const integerOf = (value: number | string | ExactNumber): bigint => {
  const text = textOf(value);
  if (INTEGER.test(text)) return BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (typeof value === 'string') throw notANumber(text);
  const parsed = parseDecimal(text);
  const unscaled = rescale(parsed, 0);
  if (parsed.scale > 0 && rescale(parsed, parsed.scale) !== unscaled * 10n ** BigInt(parsed.scale)) {
    throw mismatch(`The number ${text} is not whole.`);
  }
  return unscaled;
};

/** Whole numbers of a width in bits; text is read as Java reads it. A number out of range fails the record. */
export const integer = (bits: 8 | 16 | 32 | 64): Writer => {
  const limit = 2n ** BigInt(bits - 1);
  const safe = bits === 64 ? Number.MAX_SAFE_INTEGER : Number(limit) - 1;
  return (value) => {
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= safe) return String(value);
    const whole = integerOf(numeric(value));
    if (whole < -limit || whole >= limit) throw mismatch(`The number ${whole} does not fit ${bits} bits.`);
    return whole.toString();
  };
};

/** Doubles, or floats; what is not finite in that width fails the record. */
export const floating = (round: (value: number) => number): Writer => {
  return (value) => {
    const given = numeric(value);
    if (typeof given === 'string') parseDecimal(given);
    const number = round(Number(textOf(given)));
    if (!Number.isFinite(number)) throw mismatch(`The number ${textOf(given)} is out of range.`);
    return Object.is(number, -0) ? '-0.0' : String(number);
  };
};

/** A plain number that already fits needs no arithmetic. */
const fits = (text: string, whole: number, scale: number): boolean => {
  const dot = text.indexOf('.');
  const wholeDigits = dot < 0 ? text.length : dot;
  return wholeDigits <= whole && (dot < 0 || text.length - dot - 1 <= scale) && !text.includes('e');
};

/** Exact decimals: rounded half up to the scale; what does not fit the precision fails the record. */
export const decimal = (precision: number, scale: number): Writer => {
  const limit = 10n ** BigInt(precision);
  return (value) => {
    const text = textOf(numeric(value));
    if (typeof value === 'number' && fits(text, precision - scale, scale)) return `"${text}"`;
    const unscaled = rescale(parseDecimal(text), scale);
    if (unscaled >= limit || unscaled <= -limit) {
      throw mismatch(`The number ${text} does not fit decimal(${precision},${scale}).`);
    }
    return `"${printUnscaled(unscaled, scale)}"`;
  };
};
