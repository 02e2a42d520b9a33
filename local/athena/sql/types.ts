/** A Trino type. `zone` of a timestamp with time zone is the zone all its values carry, when known. */
export type Type =
  | { k: 'unknown' | 'boolean' | 'tinyint' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }
  | {
      k:
        | 'date'
        | 'time'
        | 'varbinary'
        | 'json'
        | 'uuid'
        | 'interval day to second'
        | 'interval year to month';
    }
  | { k: 'decimal'; p: number; s: number }
  | { k: 'varchar' | 'char'; n?: number }
  | { k: 'timestamp'; p: number }
  | { k: 'timestamptz'; p: number; zone?: string }
  | { k: 'array'; of: Type }
  | { k: 'map'; key: Type; value: Type }
  | { k: 'row'; fields: Field[] }
  | { k: 'function'; args: Type[]; returns: Type }
  | { k: 'var'; name: string };

export interface Field {
  readonly name?: string;
  readonly type: Type;
}

export const BOOLEAN: Type = { k: 'boolean' };
export const INTEGER: Type = { k: 'integer' };
export const BIGINT: Type = { k: 'bigint' };
export const DOUBLE: Type = { k: 'double' };
export const REAL: Type = { k: 'real' };
export const DATE: Type = { k: 'date' };
export const VARCHAR: Type = { k: 'varchar' };
export const VARBINARY: Type = { k: 'varbinary' };
export const UNKNOWN: Type = { k: 'unknown' };
export const TIMESTAMP: Type = { k: 'timestamp', p: 3 };

const INTEGERS = ['tinyint', 'smallint', 'integer', 'bigint'];
const DIGITS: Record<string, number> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 };
const NUMERIC_ORDER = [...INTEGERS, 'decimal', 'real', 'double'];

export const isInteger = (type: Type): boolean => INTEGERS.includes(type.k);
export const isNumeric = (type: Type): boolean => NUMERIC_ORDER.includes(type.k);
export const isFloating = (type: Type): boolean => type.k === 'real' || type.k === 'double';
export const isText = (type: Type): boolean => type.k === 'varchar' || type.k === 'char';
export const isNested = (type: Type): boolean => ['array', 'map', 'row'].includes(type.k);

/** The decimal an integer type is read as: `integer` is `decimal(10,0)`. */
export const asDecimal = (type: Type): { k: 'decimal'; p: number; s: number } =>
  type.k === 'decimal' ? type : { k: 'decimal', p: DIGITS[type.k] ?? 19, s: 0 };

/** The name Trino gives a type, as `typeof` and error messages show it. */
export const typeName = (type: Type): string => {
  switch (type.k) {
    case 'decimal':
      return `decimal(${type.p},${type.s})`;
    case 'varchar':
    case 'char':
      return type.n === undefined ? type.k : `${type.k}(${type.n})`;
    case 'timestamp':
      return `timestamp(${type.p})`;
    case 'timestamptz':
      return `timestamp(${type.p}) with time zone`;
    case 'array':
      return `array(${typeName(type.of)})`;
    case 'map':
      return `map(${typeName(type.key)}, ${typeName(type.value)})`;
    case 'row':
      return `row(${type.fields.map(fieldName).join(', ')})`;
    case 'function':
      return `function(${[...type.args, type.returns].map(typeName).join(',')})`;
    case 'var':
      return type.name;
    default:
      return type.k;
  }
};

const fieldName = (field: Field) =>
  field.name === undefined ? typeName(field.type) : `${quoteIfNeeded(field.name)} ${typeName(field.type)}`;

const quoteIfNeeded = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`);

/** The name of field `index` of a row inside DuckDB, where every field must have one. */
export const fieldKey = (field: Field, index: number): string => field.name ?? `field${index}`;

const DUCKDB: Record<string, string> = {
  real: 'FLOAT',
  double: 'DOUBLE',
  varchar: 'VARCHAR',
  char: 'VARCHAR',
  json: 'VARCHAR',
  varbinary: 'BLOB',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  unknown: 'INTEGER',
  'interval day to second': 'INTERVAL',
  'interval year to month': 'INTERVAL',
};

/** The DuckDB type that holds a Trino type's values. */
export const duckType = (type: Type): string => {
  switch (type.k) {
    case 'decimal':
      return `DECIMAL(${type.p},${type.s})`;
    case 'array':
      return `${duckType(type.of)}[]`;
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((f, i) => `${quoteName(fieldKey(f, i))} ${duckType(f.type)}`).join(', ')})`;
    default:
      return DUCKDB[type.k] ?? type.k.toUpperCase();
  }
};

/** A name as a DuckDB identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as a DuckDB string literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const sameType = (a: Type, b: Type): boolean => typeName(a) === typeName(b);

/**
 * The type both types can be read as without an explicit cast, by Trino's coercion rules,
 * or nothing where Trino reports a type mismatch.
 */
export const commonType = (a: Type, b: Type): Type | undefined => {
  if (a.k === 'unknown') return b;
  if (b.k === 'unknown') return a;
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b);
  if (a.k === 'varchar' && b.k === 'varchar') return commonText(a.n, b.n);
  if (isMoment(a) && isMoment(b)) return commonMoment(a, b);
  if (a.k === 'array' && b.k === 'array')
    return mapType(commonType(a.of, b.of), (of) => ({ k: 'array', of }));
  if (a.k === 'map' && b.k === 'map') return commonMap(a, b);
  if (a.k === 'row' && b.k === 'row') return commonRow(a.fields, b.fields);
  return sameType(a, b) ? a : undefined;
};

const mapType = (type: Type | undefined, make: (type: Type) => Type) => (type ? make(type) : undefined);

const commonNumeric = (a: Type, b: Type): Type => {
  const higher = NUMERIC_ORDER.indexOf(a.k) >= NUMERIC_ORDER.indexOf(b.k) ? a : b;
  if (higher.k !== 'decimal') return higher;
  const [left, right] = [asDecimal(a), asDecimal(b)];
  const s = Math.max(left.s, right.s);
  return { k: 'decimal', p: Math.min(38, Math.max(left.p - left.s, right.p - right.s) + s), s };
};

const commonText = (a: number | undefined, b: number | undefined): Type =>
  a === undefined || b === undefined ? VARCHAR : { k: 'varchar', n: Math.max(a, b) };

const isMoment = (type: Type) => ['date', 'timestamp', 'timestamptz'].includes(type.k);

const commonMoment = (a: Type, b: Type): Type => {
  const p = Math.max(precision(a), precision(b));
  if (a.k === 'timestamptz' && b.k === 'timestamptz') {
    return { k: 'timestamptz', p, ...(a.zone === b.zone && a.zone !== undefined && { zone: a.zone }) };
  }
  if (a.k === 'timestamptz' || b.k === 'timestamptz') return { k: 'timestamptz', p };
  return a.k === 'timestamp' || b.k === 'timestamp' ? { k: 'timestamp', p } : DATE;
};

const precision = (type: Type) => (type.k === 'timestamp' || type.k === 'timestamptz' ? type.p : 0);

const commonMap = (a: { key: Type; value: Type }, b: { key: Type; value: Type }): Type | undefined => {
  const key = commonType(a.key, b.key);
  const value = commonType(a.value, b.value);
  return key && value ? { k: 'map', key, value } : undefined;
};

const commonRow = (a: readonly Field[], b: readonly Field[]): Type | undefined => {
  if (a.length !== b.length) return undefined;
  const fields: Field[] = [];
  for (const [index, field] of a.entries()) {
    const other = b[index] as Field;
    const type = commonType(field.type, other.type);
    if (!type) return undefined;
    fields.push(
      field.name !== undefined && field.name === other.name ? { name: field.name, type } : { type },
    );
  }
  return { k: 'row', fields };
};
