import { FIRST_INSTANT, IDENTIFIER, LAST_INSTANT } from '../../schema/fields.ts';
import { reserve, writeBytes, writeString } from '../sink.ts';
import type { Predicate } from './checks.ts';
import type { WriteAttribute } from './writer.ts';

const DIGIT_0 = 0x30;
const MINUS = 0x2d;
const QUOTE = 0x22;
const SPACE = 0x20;
/** Integers of so many digits are exact in a double. */
const MAX_DIGITS = 15;

/** Writes a text that keeps to a rule. */
export const writeTextOf =
  (fits: Predicate<string>): WriteAttribute =>
  ({ S }, sink) => {
    if (typeof S !== 'string' || !fits(S)) return false;
    writeString(sink, S);
    return true;
  };

/** Writes one of a few texts. */
export const writeOneOf = (values: readonly string[]): WriteAttribute => {
  const known = new Map(values.map((value) => [value, Uint8Array.from(Buffer.from(JSON.stringify(value)))]));
  return ({ S }, sink) => {
    const bytes = known.get(S as string);
    if (!bytes) return false;
    writeBytes(sink, bytes);
    return true;
  };
};

const TRUE = Uint8Array.from(Buffer.from('true'));
const FALSE = Uint8Array.from(Buffer.from('false'));

/** Writes a truth value. */
export const writeBoolean: WriteAttribute = ({ BOOL }, sink) => {
  if (typeof BOOL !== 'boolean') return false;
  writeBytes(sink, BOOL ? TRUE : FALSE);
  return true;
};

/** Writes a whole number of up to 15 digits, in its plainest form, that keeps to a rule. */
export const writeIntegerOf =
  (fits: Predicate<number>): WriteAttribute =>
  ({ N }, sink) => {
    if (typeof N !== 'string') return false;
    const { length } = N;
    const sign = N.charCodeAt(0) === MINUS ? 1 : 0;
    if (length === sign || length - sign > MAX_DIGITS) return false;
    if (N.charCodeAt(sign) === DIGIT_0 && length > 1) return false;
    reserve(sink, length);
    const { bytes, at } = sink;
    bytes[at] = MINUS;
    let value = 0;
    for (let index = sign; index < length; index += 1) {
      const code = N.charCodeAt(index);
      const digit = code - DIGIT_0;
      if (digit < 0 || digit > 9) return false;
      bytes[at + index] = code;
      value = value * 10 + digit;
    }
    sink.at = at + length;
    return fits(sign === 1 ? -value : value);
  };

/** `2026-11-22T13:00:00.000Z`: what stands in each place, and the largest digit where it is one. */
const INSTANT = Uint8Array.from(Buffer.from('9999-19-39T29:59:59.999Z'));

/** Copies an instant as it is read; false where it is not shaped like one. */
const copyInstant = (text: string, bytes: Uint8Array, begin: number): boolean => {
  if (text.length !== INSTANT.length) return false;
  for (let index = 0; index < INSTANT.length; index += 1) {
    const code = text.charCodeAt(index);
    const most = INSTANT[index] as number;
    bytes[begin + index] = code;
    if (code === most) continue;
    if (most < DIGIT_0 || most > DIGIT_0 + 9 || code < DIGIT_0 || code > most) return false;
  }
  return true;
};

const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - DIGIT_0) * 10 + text.charCodeAt(at + 1) - DIGIT_0;

const FIRST_WHOLE_YEAR = Number(FIRST_INSTANT.slice(0, 4)) + 1;
const LAST_WHOLE_YEAR = Number(LAST_INSTANT.slice(0, 4)) - 1;

/** Days 29 to 31 are left to the schema, which knows the calendar; so are the years at the ends of its range. */
const isPlainDate = (text: string): boolean => {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  if (year < FIRST_WHOLE_YEAR || year > LAST_WHOLE_YEAR) return false;
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  return month >= 1 && month <= 12 && day >= 1 && day <= 28 && twoDigits(text, 11) <= 23;
};

/** Writes an instant that stands exactly as `timestamp()` keeps it: the `T` as a blank, no `Z`. */
export const writeTimestamp: WriteAttribute = ({ S }, sink) => {
  if (typeof S !== 'string') return false;
  reserve(sink, INSTANT.length + 1);
  const { bytes, at } = sink;
  if (!copyInstant(S, bytes, at + 1) || !isPlainDate(S)) return false;
  bytes[at] = QUOTE;
  bytes[at + 11] = SPACE;
  bytes[at + INSTANT.length] = QUOTE;
  sink.at = at + INSTANT.length + 1;
  return true;
};

const MAX_IDENTIFIER = 128;

/** Which ASCII characters an identifier may have: 2 anywhere, 1 but at the beginning. */
const IDENTIFIER_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (IDENTIFIER.test(character)) return 2;
  return IDENTIFIER.test(`a${character}`) && character !== '\n' ? 1 : 0;
});

/** Writes an identifier, checked as it is copied: every record has several. None of its characters needs escaping. */
export const writeIdentifier: WriteAttribute = ({ S }, sink) => {
  if (typeof S !== 'string') return false;
  const { length } = S;
  if (length === 0 || length > MAX_IDENTIFIER || IDENTIFIER_CHARACTERS[S.charCodeAt(0)] !== 2) return false;
  reserve(sink, length + 2);
  const { bytes, at } = sink;
  for (let index = 0; index < length; index += 1) {
    const code = S.charCodeAt(index);
    if (!IDENTIFIER_CHARACTERS[code]) return false;
    bytes[at + 1 + index] = code;
  }
  bytes[at] = QUOTE;
  bytes[at + 1 + length] = QUOTE;
  sink.at = at + length + 2;
  return true;
};

const MAX_REMEMBERED = 256;

/** Writes as `write` does, and remembers texts that were right: for rules that are slow and values that are few. */
export const remembered = (write: WriteAttribute): WriteAttribute => {
  const known = new Map<unknown, Uint8Array>();
  return (attribute, sink) => {
    const found = known.get(attribute.S);
    if (found) {
      writeBytes(sink, found);
      return true;
    }
    const begin = sink.at;
    if (!write(attribute, sink)) return false;
    if (known.size < MAX_REMEMBERED)
      known.set(attribute.S, Uint8Array.from(sink.bytes.subarray(begin, sink.at)));
    return true;
  };
};
