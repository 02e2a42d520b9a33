import { malformed, notJson } from './errors.ts';

/** A number whose digits a double would not give back; `text` is as it was written. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A parsed JSON value. A plain `number` is one that `String()` prints exactly as it was written. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A number that may print otherwise than written: 16 digits or more, an exponent, a trailing or many leading zeros. */
const INEXACT =
  /(?:["\s]:|[\s,[])-?(?:\d(?:[\d.]{15}|[\d.]*[eE]|\d*\.\d*0(?!\d)|\d*\.0{5})|(?<=-)0(?![.\d]))/;

const MAX_KEY_LENGTH = 262_144;

const keepDigits = (_key: string, value: unknown, context: { source?: string }): unknown =>
  typeof value === 'number' && context.source !== undefined && String(value) !== context.source
    ? new ExactNumber(context.source)
    : value;

const parse = (text: string): unknown =>
  INEXACT.test(text)
    ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
    : JSON.parse(text);

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

const refuseLongKeys = (value: Json): void => {
  if (Array.isArray(value)) return value.forEach(refuseLongKeys);
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (key.length > MAX_KEY_LENGTH) {
      throw malformed(`Length of json key must not be greater than ${MAX_KEY_LENGTH}`);
    }
    refuseLongKeys(member);
  }
};

/**
 * Parses one document, a JSON object, without losing a digit of its numbers.
 *
 * @throws RecordError when it is not JSON or is nested too deeply
 */
export const parseDocument = (text: string): JsonObject => {
  try {
    const document = parse(text) as JsonObject;
    if (text.length > MAX_KEY_LENGTH) refuseLongKeys(document);
    return document;
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson(error.message);
    throw error;
  }
};

const LOWERCASE = (key: string): string => key.toLowerCase();
const AS_IS = (key: string): string => key;

const textOf = (value: Json, keyOf: (key: string) => string): string => {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, keyOf)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = new Map<string, string>();
  for (const [key, member] of Object.entries(value)) members.set(keyOf(key), textOf(member, keyOf));
  return `{${Array.from(members, ([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
};

/** The value as compact JSON, numbers as they were written, keys in lower case if wanted. */
export const compactJson = (value: Json, lowercaseKeys: boolean): string =>
  textOf(value, lowercaseKeys ? LOWERCASE : AS_IS);
