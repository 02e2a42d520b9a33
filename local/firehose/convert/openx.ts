import { openxTimestamp } from './calendar.ts';
import { array, map, struct } from './containers.ts';
import { mismatch } from './errors.ts';
import type { Json } from './json.ts';
import { javaName, lenientBoolean, scalarWriter, type ScalarRules } from './scalars.ts';
import type { SerDe } from './serde.ts';
import { openxText } from './text.ts';

export interface OpenXOptions {
  /** Lower-case JSON keys before matching, map keys and nested text too. */
  readonly caseInsensitive: boolean;
  readonly dotsToUnderscores: boolean;
  /** Column name to the JSON key it is read from. */
  readonly columnToKey: Readonly<Record<string, string>>;
}

const notAnObject = (value: Json): Error => mismatch(`Data is not JSONObject  but ${javaName(value)}`);

const byPosition = (value: Json): readonly Json[] => {
  if (!Array.isArray(value)) throw notAnObject(value);
  return value as readonly Json[];
};

const wrapped = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [value];

/**
 * The OpenX JSON SerDe: matches keys whatever their case, turns numbers into text and text into numbers, wraps a
 * single value into an array, fills a struct from an array by position.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_OpenXJsonSerDe.html
 *
 * @example
 * openx({ caseInsensitive: true, dotsToUnderscores: false, columnToKey: { ts: 'timestamp' } });
 */
export const openx = ({ caseInsensitive, dotsToUnderscores, columnToKey }: OpenXOptions): SerDe => {
  const cased = (key: string): string => (caseInsensitive ? key.toLowerCase() : key);
  const keyText = (key: string): string => cased(dotsToUnderscores ? key.replaceAll('.', '_') : key);
  const rules: ScalarRules = {
    numeric: (write) => write,
    boolean: lenientBoolean,
    timestamp: openxTimestamp,
    text: openxText(caseInsensitive),
  };
  return {
    scalar: (type) => scalarWriter(type, rules),
    array: (item) => array(item, wrapped),
    map: (key, value) => map({ keyText: cased, key, value, refuse: notAnObject }),
    struct: (members, topLevel) =>
      struct({
        members: members.map((member) => ({
          ...member,
          from: keyText((topLevel ? columnToKey[member.name] : undefined) ?? member.name),
        })),
        keyText,
        otherwise: byPosition,
      }),
  };
};
