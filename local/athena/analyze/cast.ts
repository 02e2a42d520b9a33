import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import {
  asDecimal,
  duckType,
  fieldKey,
  isFloating,
  isInteger,
  isNumeric,
  quoteName,
  sameType,
  typeName,
  commonType,
  type Field,
  type Type,
} from '../sql/types.ts';
import { javaDouble } from './double.ts';
import { bind, raiseText } from './raise.ts';
import type { Analysis, Typed } from './scope.ts';
import { localTime } from './zone.ts';

type Fresh = Pick<Analysis, 'fresh'>;

/** Reads a value as a type it coerces to; a value that already has it stays as it is. */
export const coerce = (value: Typed, type: Type, env: Fresh, at?: Position): string =>
  sameType(value.type, type) ? value.sql : castSql(value, type, env, at);

/** Whether Trino reads `from` as `to` without being asked. */
export const coercible = (from: Type, to: Type): boolean => {
  const common = commonType(from, to);
  if (common === undefined) return false;
  if (to.k === 'varchar') return to.n === undefined || sameType(common, to);
  if (to.k === 'timestamptz' || to.k === 'timestamp') return common.k === to.k;
  return sameType(common, to);
};

/** The DuckDB text of `CAST(value AS type)` with Trino's rules: rounding, strict parsing, printed forms. */
export const castSql = (value: Typed, to: Type, env: Fresh, at?: Position): string => {
  const from = value.type;
  if (from.k === 'unknown') return `CAST(NULL AS ${duckType(to)})`;
  const rule = RULES[to.k];
  const sql = rule?.(value, to as never, env, at);
  if (sql !== undefined) return sql;
  if (sameType(from, to)) return value.sql;
  throw new SqlError('TYPE_MISMATCH', `Cannot cast ${typeName(from)} to ${typeName(to)}`, at);
};

type Rule = (value: Typed, to: never, env: Fresh, at?: Position) => string | undefined;

const plain = (sql: string, to: Type) => `CAST(${sql} AS ${duckType(to)})`;

/** A text cast only where it has the form Trino accepts: DuckDB accepts more. */
const parsed = (value: Typed, to: Type, env: Fresh, pattern: string): string => {
  const v = env.fresh('v');
  const failure = raiseText(`'INVALID_CAST_ARGUMENT: Cannot cast ''' || ${v} || ''' to ${castName(to)}'`, to);
  const body = `CASE WHEN ${v} IS NULL OR regexp_full_match(${v}, '${pattern}') THEN ${plain(v, to)} ELSE ${failure} END`;
  return bind(v, value.sql, body);
};

const castName = (type: Type) => (type.k === 'integer' ? 'INT' : typeName(type).toUpperCase());

const toInteger = (value: Typed, to: Type, env: Fresh): string | undefined => {
  const { type, sql } = value;
  if (isInteger(type) || type.k === 'boolean' || type.k === 'decimal') return plain(sql, to);
  if (isFloating(type)) return plain(`round(${sql})`, to);
  if (type.k === 'varchar') return parsed(value, to, env, '[+-]?[0-9]+');
  return type.k === 'json' ? parsed(value, to, env, '-?[0-9]+') : undefined;
};

const FLOAT_TEXT = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|NaN|[+-]?Infinity';

const toFloating = (value: Typed, to: Type, env: Fresh): string | undefined => {
  if (isNumeric(value.type) || value.type.k === 'boolean') return plain(value.sql, to);
  if (value.type.k === 'varchar') return parsed(value, to, env, FLOAT_TEXT);
  return value.type.k === 'json' ? parsed(value, to, env, FLOAT_TEXT) : undefined;
};

const toDecimal = (value: Typed, to: Type, env: Fresh): string | undefined => {
  if (isNumeric(value.type)) return plain(value.sql, to);
  if (value.type.k === 'boolean') return plain(`CAST(${value.sql} AS INTEGER)`, to);
  const text = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)';
  return value.type.k === 'varchar' || value.type.k === 'json' ? parsed(value, to, env, text) : undefined;
};

const toBoolean = (value: Typed, to: Type, env: Fresh): string | undefined => {
  if (isInteger(value.type) || isFloating(value.type) || value.type.k === 'decimal')
    return `(${value.sql} <> 0)`;
  if (value.type.k === 'json') return parsed(value, to, env, 'true|false');
  return value.type.k === 'varchar' ? parsed(value, to, env, '(?i)t|true|f|false|1|0') : undefined;
};

const toDate = (value: Typed, to: Type, env: Fresh, at?: Position): string | undefined => {
  if (value.type.k === 'timestamp') return plain(value.sql, to);
  if (value.type.k === 'timestamptz') return plain(localTime(value, at), to);
  return value.type.k === 'varchar' ? parsed(value, to, env, '[0-9]{4}-[0-9]{2}-[0-9]{2}') : undefined;
};

const TIMESTAMP_TEXT = '[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?';

const toTimestamp = (
  value: Typed,
  to: Type & { p: number },
  env: Fresh,
  at?: Position,
): string | undefined => {
  const { type, sql } = value;
  if (type.k === 'date') return plain(sql, to);
  if (type.k === 'timestamp') return rounded(sql, type.p, to.p);
  if (type.k === 'timestamptz') return rounded(localTime(value, at), type.p, to.p);
  return type.k === 'varchar' ? rounded(parsed(value, to, env, TIMESTAMP_TEXT), 6, to.p) : undefined;
};

const UNITS: Record<number, [string, number]> = { 0: ['second', 500_000], 3: ['millisecond', 500] };

/** A timestamp rounded half up to fewer digits. */
const rounded = (sql: string, from: number, to: number): string => {
  if (to >= from) return sql;
  const unit = UNITS[to];
  if (!unit) throw notTranslated(`rounding to timestamp(${to})`);
  return `date_trunc('${unit[0]}', ${sql} + INTERVAL ${unit[1]} MICROSECOND)`;
};

const toZoned = (value: Typed, to: Type & { p: number }, env: Fresh): string | undefined => {
  const { type, sql } = value;
  if (type.k === 'timestamptz') return rounded(sql, type.p, to.p);
  if (type.k === 'date') return `(CAST(${sql} AS TIMESTAMP) AT TIME ZONE 'UTC')`;
  if (type.k === 'timestamp') return `(${rounded(sql, type.p, to.p)} AT TIME ZONE 'UTC')`;
  if (type.k !== 'varchar') return undefined;
  const withZone = `${TIMESTAMP_TEXT}( UTC)?`;
  return rounded(parsed(value, to, env, withZone), 6, to.p);
};

const toText = (value: Typed, to: Type & { n?: number }, env: Fresh, at?: Position): string | undefined => {
  const text = textOf(value, env, at);
  if (text === undefined || to.n === undefined) return text;
  if (value.type.k === 'varchar') {
    return value.type.n !== undefined && value.type.n <= to.n ? text : `left(${text}, ${to.n})`;
  }
  const v = env.fresh('v');
  const failure = raiseText(
    `'INVALID_CAST_ARGUMENT: Value ' || ${v} || ' cannot be represented as varchar(${to.n})'`,
    to,
  );
  return bind(v, text, `CASE WHEN length(${v}) > ${to.n} THEN ${failure} ELSE ${v} END`);
};

/** A scalar printed as `CAST(… AS varchar)` prints it. */
const textOf = (value: Typed, env: Fresh, at?: Position): string | undefined => {
  const { type, sql } = value;
  if (type.k === 'varchar') return sql;
  if (isFloating(type)) return javaDouble(sql, env);
  if (isNumeric(type) || type.k === 'boolean' || type.k === 'date' || type.k === 'uuid')
    return `CAST(${sql} AS VARCHAR)`;
  if (type.k === 'timestamp') return timestampText(sql, type.p);
  if (type.k === 'timestamptz')
    return `(${timestampText(localTime(value, at), type.p)} || ' ${type.zone ?? ''}')`;
  if (type.k === 'json') return jsonScalar(sql, env);
  return undefined;
};

/** A timestamp as text with its fraction's digits: `2020-01-01 00:00:00.000`. */
export const timestampText = (sql: string, p: number): string => {
  if (p === 0) return `strftime(${sql}, '%Y-%m-%d %H:%M:%S')`;
  if (p > 6) throw notTranslated(`timestamp(${p})`);
  const text = `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%f')`;
  return p === 6 ? text : `left(${text}, -${6 - p})`;
};

/** A JSON string without its quotes, a JSON number or boolean as it is, JSON null as NULL. */
const jsonScalar = (sql: string, env: Fresh): string => {
  const v = env.fresh('v');
  const failure = raiseText(`'INVALID_CAST_ARGUMENT: Cannot cast ''' || ${v} || ''' to varchar'`, {
    k: 'varchar',
  });
  return bind(
    v,
    sql,
    `CASE WHEN left(${v}, 1) IN ('{', '[') THEN ${failure} ELSE json_extract_string(${v}, '$') END`,
  );
};

const toArray = (value: Typed, to: { of: Type }, env: Fresh, at?: Position): string | undefined => {
  if (value.type.k !== 'array') return fromJson(value, { k: 'array', of: to.of });
  const v = env.fresh('v');
  const item = castSql({ sql: v, type: value.type.of }, to.of, env, at);
  return item === v ? value.sql : `list_transform(${value.sql}, lambda ${v}: ${item})`;
};

const toMap = (
  value: Typed,
  to: { key: Type; value: Type },
  env: Fresh,
  at?: Position,
): string | undefined => {
  if (value.type.k !== 'map') return fromJson(value, { k: 'map', ...to });
  const [m, v] = [env.fresh('v'), env.fresh('v')];
  const keys = castSql(
    { sql: `map_keys(${m})`, type: { k: 'array', of: value.type.key } },
    { k: 'array', of: to.key },
    env,
    at,
  );
  const item = castSql({ sql: v, type: value.type.value }, to.value, env, at);
  return bind(
    m,
    value.sql,
    `CASE WHEN ${m} IS NOT NULL THEN map(${keys}, list_transform(map_values(${m}), lambda ${v}: ${item})) END`,
  );
};

const toRow = (value: Typed, to: { fields: Field[] }, env: Fresh, at?: Position): string | undefined => {
  const { type } = value;
  if (type.k !== 'row') return fromJson(value, { k: 'row', ...to });
  if (type.fields.length !== to.fields.length) return undefined;
  const r = env.fresh('v');
  const fields = to.fields.map((field, index) => {
    const old = type.fields[index] as Field;
    const item = { sql: `${r}.${quoteName(fieldKey(old, index))}`, type: old.type };
    return `${quoteName(fieldKey(field, index))} := ${castSql(item, field.type, env, at)}`;
  });
  return bind(r, value.sql, `CASE WHEN ${r} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`);
};

const fromJson = (value: Typed, to: Type): string | undefined => {
  if (value.type.k === 'json') throw notTranslated(`CAST(json AS ${typeName(to)})`);
  return undefined;
};

const toJson = (value: Typed, _to: Type, env: Fresh): string | undefined => {
  const { type, sql } = value;
  if (type.k === 'json') return sql;
  if (isInteger(type) || type.k === 'boolean') return `CAST(${sql} AS VARCHAR)`;
  if (type.k === 'varchar') return `CAST(to_json(${sql}) AS VARCHAR)`;
  if (isFloating(type)) return javaDouble(sql, env);
  throw notTranslated(`CAST(${typeName(type)} AS json)`);
};

const RULES: Partial<Record<Type['k'], Rule>> = {
  tinyint: toInteger,
  smallint: toInteger,
  integer: toInteger,
  bigint: toInteger,
  real: toFloating,
  double: toFloating,
  decimal: toDecimal,
  boolean: toBoolean,
  date: toDate,
  timestamp: toTimestamp,
  timestamptz: toZoned,
  varchar: toText,
  json: toJson,
  array: toArray,
  map: toMap,
  row: toRow,
  char: () => {
    throw notTranslated('CHAR values');
  },
};

/** Both sides as decimals. */
export const decimalSql = (value: Typed): string => {
  const type = asDecimal(value.type);
  return value.type.k === 'decimal' ? value.sql : `CAST(${value.sql} AS ${duckType(type)})`;
};
