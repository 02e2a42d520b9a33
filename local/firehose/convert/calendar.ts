import { badDate, badTimestamp, mismatch } from './errors.ts';
import { ExactNumber, type Json } from './json.ts';
import type { Writer } from './numbers.ts';

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
const SPACED = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?$/;
const EPOCH = /^([+-]?)(\d+)(?:\.(\d*))?$/;
const EPOCH_WITH_EXPONENT = /^[+-]?\d+(?:\.\d*)?[eE][+-]?\d+$/;

/** From here on a number is milliseconds, below it is seconds. */
const FIRST_MILLISECONDS = 1e12;
/** The last millisecond that 64 bits of nanoseconds hold. */
const LAST_MILLISECOND = 9_223_372_036_854;

const pad = (part: string): string => (part.length === 1 ? `0${part}` : part);

/** Milliseconds since 1970 of calendar fields in UTC, or NaN when no such moment exists. */
export const utcMilliseconds = (
  ...[year, month, day, hour = 0, minute = 0, second = 0, milli = 0]: readonly number[]
): number => {
  if (year === undefined || month === undefined || day === undefined) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!real || year < 1 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milli;
};

/** `date` columns: text `yyyy-[M]M-[d]d` and nothing else. */
export const date: Writer = (value) => {
  const [, year = '', month = '', day = ''] = (typeof value === 'string' && DATE.exec(value)) || [];
  if (Number.isNaN(utcMilliseconds(Number(year), Number(month), Number(day)))) throw badDate(printed(value));
  return `"${year}-${pad(month)}-${pad(day)}"`;
};

const printed = (value: Json): string => (value instanceof ExactNumber ? value.text : JSON.stringify(value));

/**
 * The nearest instant 64-bit nanoseconds hold. Delivery on AWS wraps what is out of range silently
 * (999999999999 seconds arrives as the year 2092), so does this.
 */
const wrap = (milliseconds: number): number =>
  Math.abs(milliseconds) <= LAST_MILLISECOND
    ? milliseconds
    : Number(BigInt.asIntN(64, BigInt(milliseconds) * 1_000_000n) / 1_000_000n);

const DAY = 86_400_000;
const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, value) =>
  String(value).padStart(2, '0'),
);

/** Most moments of a file are of one day, so the day is printed once. */
const dayPrinter = (): ((day: number) => string) => {
  let last = Number.NaN;
  let text = '';
  return (day) => {
    if (day !== last) text = new Date(day * DAY).toISOString().slice(0, 10);
    last = day;
    return text;
  };
};

const printDay = dayPrinter();

/** Whether a moment has a year of four digits, which is all its text form has room for. */
export const isWritable = (milliseconds: number): boolean =>
  milliseconds >= -62_135_596_800_000 && milliseconds < 253_402_300_800_000;

/** A moment as the Parquet writer reads it. */
export const writeMoment = (milliseconds: number): string => {
  const day = Math.floor(milliseconds / DAY);
  const rest = milliseconds - day * DAY;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = `${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`;
  return `"${printDay(day)} ${time}.${String(rest % 1000).padStart(3, '0')}"`;
};

const fromNumber = (value: number): number =>
  Math.trunc(Math.abs(value) < FIRST_MILLISECONDS ? Math.round(value * 1000) : value);

/** Seconds with a fraction are cut after the milliseconds, digit by digit: no rounding through a double. */
const fromDigits = (sign: string, whole: string, fraction: string): number => {
  const number = Number(whole);
  if (number > Number.MAX_SAFE_INTEGER) throw mismatch(`The number ${sign}${whole} is out of range.`);
  const milliseconds =
    number < FIRST_MILLISECONDS ? Number(whole + fraction.slice(0, 3).padEnd(3, '0')) : number;
  return sign === '-' ? -milliseconds : milliseconds;
};

const fromEpoch = (text: string): number | undefined => {
  const [, sign, whole = '', fraction = ''] = EPOCH.exec(text) ?? [];
  if (sign !== undefined) return wrap(fromDigits(sign, whole, fraction));
  if (!EPOCH_WITH_EXPONENT.test(text)) return undefined;
  if (Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER) throw mismatch(`The number ${text} is out of range.`);
  return wrap(fromNumber(Number(text)));
};

const fromCalendar = (text: string): number => {
  const [, ...fields] = ISO.exec(text) ?? SPACED.exec(text) ?? [];
  const milli = Number((fields[6] ?? '').slice(0, 3).padEnd(3, '0'));
  const at = utcMilliseconds(...fields.slice(0, 6).map(Number), milli);
  if (!(Math.abs(at) <= LAST_MILLISECOND)) throw badTimestamp(text);
  return at;
};

/**
 * `timestamp` columns as the OpenX SerDe reads them: `yyyy-MM-dd'T'HH:mm:ss[.S]'Z'` (strict),
 * `yyyy-[M]M-[d]d HH:mm:ss[.S]` (lenient), epoch seconds with or without a fraction, epoch milliseconds; numbers
 * also as text. What is finer than a millisecond is cut off.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
 */
export const openxTimestamp: Writer = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return writeMoment(wrap(fromNumber(value)));
  if (typeof value === 'boolean' || (typeof value === 'object' && !(value instanceof ExactNumber))) {
    throw badTimestamp(printed(value));
  }
  const text = value instanceof ExactNumber ? value.text : String(value);
  return writeMoment(fromEpoch(text) ?? fromCalendar(text));
};

/** Text as `java.sql.Timestamp.valueOf` reads it: the space form, and nothing else. */
export const spacedTimestamp = (text: string): number | undefined =>
  SPACED.test(text) ? fromCalendar(text) : undefined;
