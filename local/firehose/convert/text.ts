import { mismatch } from './errors.ts';
import { ExactNumber, compactJson } from './json.ts';
import type { Writer } from './numbers.ts';

/** A lone surrogate has no UTF-8 form; it becomes U+FFFD. */
export const writeText = (text: string): string =>
  JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());

const firstCharacters = (text: string, length: number): string =>
  text.length <= length ? text : Array.from(text).slice(0, length).join('');

/** Text of a scalar; an object or array is what `nested` makes of it. */
const textOf =
  (nested: (value: object) => string) =>
  (value: Parameters<Writer>[0]): string => {
    if (typeof value === 'string') return value;
    if (value instanceof ExactNumber) return value.text;
    return typeof value === 'object' ? nested(value) : String(value);
  };

/** OpenX keeps a nested object in a text column as compact JSON, its keys in lower case if it lowers keys. */
export const openxText = (lowercaseKeys: boolean): ((value: Parameters<Writer>[0]) => string) =>
  textOf((value) => compactJson(value as never, lowercaseKeys));

/** The Hive SerDe takes scalars only. */
export const hiveText: (value: Parameters<Writer>[0]) => string = textOf(() => {
  throw mismatch('One or more fields have incorrect format: an object or array in a text column.');
});

/** Text columns; `length`, in characters, cuts as `char(n)` and `varchar(n)` do. */
export const text = (read: (value: Parameters<Writer>[0]) => string, length?: number): Writer =>
  length === undefined
    ? (value) => writeText(read(value))
    : (value) => writeText(firstCharacters(read(value), length));
