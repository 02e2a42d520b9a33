/** A Hive type, as Glue columns are declared. */
export type HiveType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'char' | 'varchar'; readonly length: number }
  | { readonly kind: 'array'; readonly item: HiveType }
  | { readonly kind: 'map'; readonly key: HiveType; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly type: HiveType;
}

export type ScalarKind = keyof typeof SCALARS;

/** DuckDB's name of each type without parameters. */
const SCALARS = {
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  date: 'DATE',
  timestamp: 'TIMESTAMP_MS',
} as const;

const MAP_KEYS = new Set([
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'string',
  'char',
  'varchar',
  'date',
]);

interface Cursor {
  readonly text: string;
  at: number;
}

const fail = (cursor: Cursor, reason: string): Error =>
  new Error(`The Hive type "${cursor.text}" can not be delivered: ${reason} at position ${cursor.at}.`);

const expect = (cursor: Cursor, token: string): void => {
  if (!cursor.text.startsWith(token, cursor.at)) throw fail(cursor, `"${token}" expected`);
  cursor.at += token.length;
};

const accept = (cursor: Cursor, token: string): boolean => {
  const found = cursor.text.startsWith(token, cursor.at);
  if (found) cursor.at += token.length;
  return found;
};

const take = (cursor: Cursor, pattern: RegExp, what: string): string => {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (!found) throw fail(cursor, `${what} expected`);
  cursor.at += found.length;
  return found;
};

const takeNumber = (cursor: Cursor): number => Number(take(cursor, /\d+/y, 'a number'));

const decimal = (cursor: Cursor): HiveType => {
  const given = accept(cursor, '(');
  const precision = given ? takeNumber(cursor) : 10;
  const scale = given && accept(cursor, ',') ? takeNumber(cursor) : 0;
  if (given) expect(cursor, ')');
  if (precision < 1 || precision > 38 || scale > precision)
    throw fail(cursor, 'precision up to 38, scale up to precision');
  return { kind: 'decimal', precision, scale };
};

const text = (cursor: Cursor, kind: 'char' | 'varchar'): HiveType => {
  expect(cursor, '(');
  const length = takeNumber(cursor);
  expect(cursor, ')');
  return { kind, length };
};

const array = (cursor: Cursor): HiveType => {
  expect(cursor, '<');
  const item = parse(cursor);
  expect(cursor, '>');
  return { kind: 'array', item };
};

const map = (cursor: Cursor): HiveType => {
  expect(cursor, '<');
  const key = parse(cursor);
  if (!MAP_KEYS.has(key.kind)) throw fail(cursor, `a map key can not be ${key.kind}`);
  expect(cursor, ',');
  const value = parse(cursor);
  expect(cursor, '>');
  return { kind: 'map', key, value };
};

const struct = (cursor: Cursor): HiveType => {
  expect(cursor, '<');
  const fields: Field[] = [];
  do {
    const name = take(cursor, /[^:<>,]+/y, 'a field name').toLowerCase();
    expect(cursor, ':');
    fields.push({ name, type: parse(cursor) });
  } while (accept(cursor, ','));
  expect(cursor, '>');
  return { kind: 'struct', fields };
};

const parse = (cursor: Cursor): HiveType => {
  const name = take(cursor, /[a-zA-Z]+/y, 'a type name').toLowerCase();
  if (name === 'decimal') return decimal(cursor);
  if (name === 'char' || name === 'varchar') return text(cursor, name);
  if (name === 'array') return array(cursor);
  if (name === 'map') return map(cursor);
  if (name === 'struct') return struct(cursor);
  if (name === 'integer') return { kind: 'int' };
  if (Object.hasOwn(SCALARS, name)) return { kind: name as ScalarKind };
  throw fail(cursor, `"${name}" is not a Hive type that JSON converts to`);
};

/**
 * Parses a column type in Hive's syntax. `set<…>` and `uniontype<…>` are no types for conversion, as on AWS;
 * `binary` is refused here only.
 *
 * @throws Error that names the type and the place
 * @example
 * parseHiveType('struct<a:decimal(10,2),b:array<string>>');
 */
export const parseHiveType = (source: string): HiveType => {
  const cursor: Cursor = { text: source.replaceAll(/\s+/g, ''), at: 0 };
  const type = parse(cursor);
  if (cursor.at < cursor.text.length) throw fail(cursor, 'end of type expected');
  return type;
};

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The DuckDB type a Hive type is written as. Timestamps are milliseconds, all that Athena reads. */
export const duckdbType = (type: HiveType): string => {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'char':
    case 'varchar':
      return 'VARCHAR';
    case 'array':
      return `${duckdbType(type.item)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map(({ name, type: of }) => `${quoteName(name)} ${duckdbType(of)}`).join(', ')})`;
    default:
      return SCALARS[type.kind];
  }
};
