import { date } from './calendar.ts';
import { mismatch } from './errors.ts';
import type { HiveType } from './hive-type.ts';
import { ExactNumber, type Json } from './json.ts';
import { decimal, floating, integer, type Writer } from './numbers.ts';
import { hiveText, text } from './text.ts';

/** What the SerDes do differently with single values. */
export interface ScalarRules {
  /** Guards or passes through a writer of numbers. */
  readonly numeric: (write: Writer) => Writer;
  readonly boolean: Writer;
  readonly timestamp: Writer;
  readonly text: (value: Exclude<Json, null>) => string;
}

/** The writer of a type that holds a single value. */
export const scalarWriter = (type: HiveType, rules: ScalarRules): Writer => {
  switch (type.kind) {
    case 'boolean':
      return rules.boolean;
    case 'tinyint':
      return rules.numeric(integer(8));
    case 'smallint':
      return rules.numeric(integer(16));
    case 'int':
      return rules.numeric(integer(32));
    case 'bigint':
      return rules.numeric(integer(64));
    case 'float':
      return rules.numeric(floating(Math.fround));
    case 'double':
      return rules.numeric(floating((value) => value));
    case 'decimal':
      return rules.numeric(decimal(type.precision, type.scale));
    case 'date':
      return date;
    case 'timestamp':
      return rules.timestamp;
    case 'char':
    case 'varchar':
      return text(rules.text, type.length);
    default:
      return text(rules.text);
  }
};

const javaNumber = (source: string): string =>
  /^-?\d+$/.test(source) ? `java.lang.Long with value ${source}` : `java.lang.Double with value ${source}`;

/** A value as Java's SerDes name it in their messages. */
export const javaName = (value: Json): string => {
  if (value instanceof ExactNumber) return javaNumber(value.text);
  if (typeof value === 'number') return javaNumber(String(value));
  if (typeof value === 'string') return `java.lang.String with value ${value}`;
  if (typeof value === 'boolean') return `java.lang.Boolean with value ${value}`;
  return Array.isArray(value) ? 'a JSONArray' : 'a JSONObject';
};

/** `true` and `false`, also as text in any case. */
export const lenientBoolean: Writer = (value) => {
  const said = typeof value === 'string' ? value.toLowerCase() : value;
  if (said === true || said === 'true') return 'true';
  if (said === false || said === 'false') return 'false';
  throw mismatch(`A boolean is expected and the data has ${javaName(value)}.`);
};

const keyRules: ScalarRules = {
  numeric: (write) => write,
  boolean: lenientBoolean,
  timestamp: (value) => {
    throw mismatch(`A map key can not be a timestamp: ${javaName(value)}`);
  },
  text: hiveText,
};

/** The writer of a map's keys, which JSON has as text whatever their type. */
export const keyWriter = (type: HiveType): Writer => scalarWriter(type, keyRules);
