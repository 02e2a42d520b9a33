import { isObject, type Json } from './json.ts';
import type { Writer } from './numbers.ts';

/** A writer that also takes null. */
export type NullableWriter = (value: Json | undefined) => string;

/** Nulls are kept wherever they stand: in a column, an array, a map or a struct. */
export const nullable =
  (write: Writer): NullableWriter =>
  (value) =>
    value === null || value === undefined ? 'null' : write(value);

/** `[…]` of the items a value holds. */
export const array =
  (item: NullableWriter, itemsOf: (value: Parameters<Writer>[0]) => readonly Json[]): Writer =>
  (value) =>
    `[${itemsOf(value).map(item).join(',')}]`;

const asKey = (text: string): string => (text.startsWith('"') ? text : `"${text}"`);

export interface MapRules {
  readonly keyText: (key: string) => string;
  readonly key: Writer;
  readonly value: NullableWriter;
  readonly refuse: (value: Json) => Error;
}

/** A JSON object as a map. Keys that become one are one entry, the last. */
export const map = ({ keyText, key, value, refuse }: MapRules): Writer => {
  return (data) => {
    if (!isObject(data)) throw refuse(data);
    const entries = new Map<string, string>();
    for (const [name, member] of Object.entries(data)) entries.set(asKey(key(keyText(name))), value(member));
    return `{${Array.from(entries, ([name, member]) => `${name}:${member}`).join(',')}}`;
  };
};

export interface Member {
  readonly name: string;
  /** The JSON key it is read from, after `keyText`. */
  readonly from: string;
  readonly write: NullableWriter;
}

export interface StructRules {
  readonly members: readonly Member[];
  readonly keyText: (key: string) => string;
  /** The member values, by position, of something that is no object; or a refusal. */
  readonly otherwise: (value: Json) => readonly Json[];
}

const CACHED_KEYS = 10_000;

/** Which members a JSON key fills. Keys are few and repeat, so the answer is remembered as the key was written. */
const lookup = (members: readonly Member[], keyText: (key: string) => string) => {
  const wanted = new Map<string, number[]>();
  for (const [index, { from }] of members.entries()) wanted.set(from, [...(wanted.get(from) ?? []), index]);
  const seen = new Map<string, readonly number[]>();
  const none: readonly number[] = [];
  return (key: string): readonly number[] => {
    const known = seen.get(key);
    if (known) return known;
    const found = wanted.get(keyText(key)) ?? none;
    if (seen.size < CACHED_KEYS) seen.set(key, found);
    return found;
  };
};

/**
 * A JSON object as a struct: declared members in order, keys nobody declared dropped. Nulls are left out, which
 * the Parquet writer reads as null. The same writes a table's row.
 */
export const struct = ({ members, keyText, otherwise }: StructRules): Writer => {
  const find = lookup(members, keyText);
  const names = members.map(({ name }) => `${JSON.stringify(name)}:`);
  const empty: (string | undefined)[] = members.map(() => undefined);
  const writers = members.map(({ write }) => write);
  const assemble = (cells: readonly (string | undefined)[]): string => {
    let text = '';
    for (let index = 0; index < names.length; index++) {
      const cell = cells[index];
      if (cell !== undefined && cell !== 'null') text += `${text ? ',' : ''}${names[index]}${cell}`;
    }
    return `{${text}}`;
  };
  return (value) => {
    const cells = empty.slice();
    if (!isObject(value)) {
      const items = otherwise(value);
      return assemble(writers.map((write, index) => write(items[index])));
    }
    for (const key of Object.keys(value)) {
      for (const index of find(key)) cells[index] = writers[index]!(value[key]);
    }
    return assemble(cells);
  };
};
