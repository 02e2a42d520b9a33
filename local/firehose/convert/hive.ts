import { isWritable, spacedTimestamp, writeMoment } from './calendar.ts';
import { array, map, struct } from './containers.ts';
import { badTimestamp, mismatch } from './errors.ts';
import { timestampReader } from './joda.ts';
import { ExactNumber, type Json } from './json.ts';
import type { Writer } from './numbers.ts';
import { scalarWriter, type ScalarRules } from './scalars.ts';
import type { SerDe } from './serde.ts';
import { hiveText } from './text.ts';

const TOKENS: Readonly<Record<string, string>> = {
  string: 'VALUE_STRING',
  boolean: 'VALUE_BOOLEAN',
  object: 'START_OBJECT',
};

const tokenOf = (value: Json): string =>
  Array.isArray(value) ? 'START_ARRAY' : (TOKENS[typeof value] ?? 'VALUE');

const numbersOnly =
  (write: Writer): Writer =>
  (value) => {
    if (typeof value === 'number' || value instanceof ExactNumber) return write(value);
    throw mismatch(`Current token (${tokenOf(value)}) not numeric, can not use numeric value accessors`);
  };

const boolean: Writer = (value) => {
  if (typeof value === 'boolean') return String(value);
  throw mismatch(`Current token (${tokenOf(value)}) not of boolean type`);
};

const timestamp = (read: (text: string) => number | undefined): Writer => {
  return (value) => {
    const given = value instanceof ExactNumber ? value.text : value;
    const at = typeof given === 'object' || typeof given === 'boolean' ? undefined : read(String(given));
    if (at === undefined || !isWritable(at)) throw badTimestamp(JSON.stringify(given));
    return writeMoment(at);
  };
};

const startOfObject = (): Error => mismatch('java.io.IOException: Start of Object expected');

const noObject = (): never => {
  throw startOfObject();
};

const items = (value: Json): readonly Json[] => {
  if (!Array.isArray(value)) throw mismatch('java.io.IOException: Start of Array expected');
  return value as readonly Json[];
};

const lower = (key: string): string => key.toLowerCase();

/**
 * The Hive JSON SerDe: refuses what OpenX coerces, keeps the case of map keys, reads timestamps by patterns
 * (Joda's, or `millis`) and otherwise as `java.sql.Timestamp.valueOf` does.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_HiveJsonSerDe.html
 *
 * @throws Error for a timestamp pattern with letters it can not read
 * @example
 * hive(["yyyy-MM-dd'T'HH:mm:ssZ", 'millis']);
 */
export const hive = (timestampFormats: readonly string[]): SerDe => {
  const readers = timestampFormats.map(timestampReader);
  const readTimestamp = (given: string): number | undefined => {
    for (const read of readers) {
      const at = read(given);
      if (at !== undefined) return at;
    }
    return spacedTimestamp(given);
  };
  const rules: ScalarRules = {
    numeric: numbersOnly,
    boolean,
    timestamp: timestamp(readTimestamp),
    text: hiveText,
  };
  return {
    scalar: (type) => scalarWriter(type, rules),
    array: (item) => array(item, items),
    map: (key, value) => map({ keyText: (name) => name, key, value, refuse: startOfObject }),
    struct: (members) =>
      struct({
        members: members.map((member) => ({ ...member, from: lower(member.name) })),
        keyText: lower,
        otherwise: noObject,
      }),
  };
};
