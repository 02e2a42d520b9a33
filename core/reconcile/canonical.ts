import type { HiveType } from '../lake/hive-type.ts';
import { quoted } from '../lake/sql.ts';

/** A value as the relay writes it: JSON, parsed. */
type Value = unknown;

/** A type's one text, here and in Athena's SQL: equal texts are equal values, and no two values share one. */
interface Canonical {
  readonly text: (value: Value) => string;
  readonly sql: (column: string) => string;
}

/** What a missing value is written as: no value is written so. */
const NOTHING = '-';

/** Characters as Trino counts them: code points. */
const lengthOf = (text: string): number => {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1)
    if ((text.charCodeAt(index) & 0xfc00) === 0xdc00) length -= 1;
  return length;
};

const measured = (text: string): string => `${lengthOf(text)}:${text}`;

const measuredSql = (sql: string): string =>
  `coalesce(CAST(length(${sql}) AS varchar) || ':' || ${sql}, '${NOTHING}')`;

const scalar = (text: (value: Value) => string, sql: (column: string) => string): Canonical => ({
  text: (value) => (value === undefined || value === null ? NOTHING : measured(text(value))),
  sql: (column) => measuredSql(sql(column)),
});

const asVarchar = (column: string): string => `CAST(${column} AS varchar)`;

const ieee = new DataView(new ArrayBuffer(8));

const doubleText = (value: Value): string => {
  ieee.setFloat64(0, value as number);
  return ieee.getBigUint64(0).toString(16).toUpperCase().padStart(16, '0');
};

/** A decimal as Athena prints it: all digits of its scale, no zero too many before. */
export const decimalText = (text: string, scale: number): string => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  const digits = BigInt(`${whole}${fraction.padEnd(scale, '0')}`)
    .toString()
    .padStart(scale + 1, '0');
  const [before, after] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const isZero = /^0*$/.test(digits);
  return `${isZero ? '' : sign}${before}${scale > 0 ? `.${after}` : ''}`;
};

const SCALARS: Readonly<Record<string, Canonical>> = {
  string: scalar(String, (column) => column),
  boolean: scalar(String, asVarchar),
  bigint: scalar((value) => BigInt(value as number).toString(), asVarchar),
  double: scalar(doubleText, (column) => `to_hex(to_ieee754_64(${column}))`),
  date: scalar(String, asVarchar),
  timestamp: scalar(String, (column) => asVarchar(`CAST(${column} AS timestamp(3))`)),
};

const decimal = (scale: number): Canonical => scalar((value) => decimalText(String(value), scale), asVarchar);

const scalarOf = (name: string): Canonical => {
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(name)?.[1];
  if (scale !== undefined) return decimal(Number(scale));
  const found = SCALARS[name];
  if (found) return found;
  throw new Error(`No column of a schema has the type ${name}.`);
};

const arrayOf = (items: HiveType, depth: number): Canonical => {
  const item = canonical(items, depth + 1);
  const element = `e${depth}`;
  return {
    text: (value) => (Array.isArray(value) ? `${value.length}[${value.map(item.text).join('')}]` : NOTHING),
    sql: (column) =>
      `coalesce(CAST(cardinality(${column}) AS varchar) || '[' || ` +
      `array_join(transform(${column}, ${element} -> ${item.sql(element)}), '') || ']', '${NOTHING}')`,
  };
};

type Struct = Extract<HiveType, { kind: 'struct' }>;

const structOf = ({ members }: Struct, depth: number): Canonical => {
  const parts = members.map(({ name, type }) => ({ name, ...canonical(type, depth) }));
  return {
    text: (value) =>
      typeof value === 'object' && value !== null
        ? `{${parts.map(({ name, text }) => text((value as Record<string, Value>)[name])).join('')}}`
        : NOTHING,
    sql: (column) =>
      `IF(${column} IS NULL, '${NOTHING}', '{' || ` +
      `${parts.map(({ name, sql }) => sql(`${column}.${quoted(name)}`)).join(' || ')} || '}')`,
  };
};

/**
 * The canonical text of a column type: a function of a value as the relay writes it, and an expression of Athena's SQL that
 * gives the same text for the column. Texts carry their length, so that no two rows of values run into one text.
 *
 * @example
 * canonical(parseHiveType('array<bigint>')).text([7, 12]) // 2[1:72:12]
 */
export const canonical = (type: HiveType, depth = 0): Canonical => {
  if (type.kind === 'array') return arrayOf(type.items, depth);
  return type.kind === 'struct' ? structOf(type, depth) : scalarOf(type.name);
};
