import { notTranslated, SqlError } from '../sql/error.ts';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  duckType,
  isInteger,
  isNumeric,
  REAL,
  typeName,
  VARCHAR,
  type Type,
} from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { decimalAverage } from '../analyze/decimal.ts';
import { bind } from '../analyze/raise.ts';
import type { Context, Typed } from '../analyze/scope.ts';
import type { CallNode } from './signature.ts';

/** Writes an aggregate with the call's DISTINCT, ORDER BY, FILTER and OVER. */
export type Write = (duck: string, args: readonly string[], extra?: { filter?: string }) => string;

export type Aggregate = (values: readonly Typed[], write: Write, context: Context, call: CallNode) => Typed;

const unexpected = (call: CallNode, values: readonly Typed[]) =>
  new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${values.map((value) => typeName(value.type)).join(', ')}) for function ${call.name}`,
    call.at,
  );

const one = (values: readonly Typed[], call: CallNode): Typed => {
  if (values.length !== 1) throw unexpected(call, values);
  return values[0] as Typed;
};

const number = (values: readonly Typed[], call: CallNode): Typed => {
  const value = one(values, call);
  if (value.type.k === 'unknown') return { sql: 'CAST(NULL AS BIGINT)', type: BIGINT };
  if (isNumeric(value.type)) return value;
  throw unexpected(call, values);
};

const count: Aggregate = (values, write, _context, call) => {
  if (values.length > 1) throw unexpected(call, values);
  return { sql: write('count', values.length === 0 ? ['*'] : [(values[0] as Typed).sql]), type: BIGINT };
};

const sum: Aggregate = (values, write, _context, call) => {
  const { sql, type } = number(values, call);
  const total = write('sum', [sql]);
  const result: Type = isInteger(type) ? BIGINT : type.k === 'decimal' ? { ...type, p: 38 } : type;
  return { sql: `CAST(${total} AS ${duckType(result)})`, type: result };
};

const avg: Aggregate = (values, write, { analysis }, call) => {
  const { sql, type } = number(values, call);
  if (type.k === 'decimal')
    return { sql: decimalAverage(write('sum', [sql]), write('count', [sql]), type, analysis), type };
  const result = type.k === 'real' ? REAL : DOUBLE;
  return { sql: `CAST(${write('avg', [sql])} AS ${duckType(result)})`, type: result };
};

const ORDERED_NOT = new Set(['map', 'json', 'row']);

const extreme =
  (duck: 'min' | 'max'): Aggregate =>
  (values, write, { analysis }, call) => {
    const [value, n] = values;
    if (!value || values.length > 2 || ORDERED_NOT.has(value.type.k)) throw unexpected(call, values);
    if (!n) return { sql: write(duck, [value.sql]), type: value.type };
    return {
      sql: write(duck, [value.sql, coerce(n, BIGINT, analysis)]),
      type: { k: 'array', of: value.type },
    };
  };

const extremeBy =
  (duck: string): Aggregate =>
  (values, write, _context, call) => {
    const [value, key] = values;
    if (values.length === 3) throw notTranslated(`${call.name} with a count`, call.at);
    if (!value || !key || values.length !== 2) throw unexpected(call, values);
    return { sql: write(duck, [value.sql, key.sql]), type: value.type };
  };

const same =
  (duck: string): Aggregate =>
  (values, write, _context, call) => {
    const value = one(values, call);
    return { sql: write(duck, [value.sql]), type: value.type };
  };

const typed =
  (duck: string, input: Type, result: Type): Aggregate =>
  (values, write, { analysis }, call) => {
    const value = one(values, call);
    if (input.k === 'double' ? !isNumeric(value.type) : value.type.k !== input.k)
      throw unexpected(call, values);
    return {
      sql: `CAST(${write(duck, [coerce(value, input, analysis)])} AS ${duckType(result)})`,
      type: result,
    };
  };

const pair =
  (duck: string): Aggregate =>
  (values, write, { analysis }, call) => {
    if (values.length !== 2 || !values.every((value) => isNumeric(value.type)))
      throw unexpected(call, values);
    return {
      sql: write(
        duck,
        values.map((value) => coerce(value, DOUBLE, analysis)),
      ),
      type: DOUBLE,
    };
  };

const arrayAgg: Aggregate = (values, write, _context, call) => {
  const value = one(values, call);
  return { sql: write('array_agg', [value.sql]), type: { k: 'array', of: value.type } };
};

/** Exact, which the documented error of Trino's estimate includes. */
const approxDistinct: Aggregate = (values, write, _context, call) => {
  const value = values[0];
  if (!value || call.distinct || values.length > 2) throw unexpected(call, values);
  return { sql: write('count', [`DISTINCT ${value.sql}`]), type: BIGINT };
};

/** Exact, by nearest rank. */
const approxPercentile: Aggregate = (values, write, { analysis }, call) => {
  const [value, at] = values;
  if (!value || !at || !isNumeric(value.type) || values.length > 2)
    throw notTranslated('this form of approx_percentile', call.at);
  const many = at.type.k === 'array';
  const type: Type = value.type.k === 'decimal' ? DOUBLE : value.type;
  const share = coerce(at, many ? { k: 'array', of: DOUBLE } : DOUBLE, analysis);
  const sql = write('quantile_disc', [coerce(value, type, analysis), share]);
  return { sql, type: many ? { k: 'array', of: type } : type };
};

const UNIQUE = (key: string) =>
  `list_filter(#l, lambda #e, #i: list_position(list_transform(#l, lambda #f: #f.${key}), #e.${key}) = #i)`;

const mapAgg: Aggregate = (values, write, { analysis }, call) => {
  const [key, value] = values;
  if (!key || !value || values.length !== 2) throw unexpected(call, values);
  const list = write('list', [`{'key': ${key.sql}, 'value': ${value.sql}}`], {
    filter: `${key.sql} IS NOT NULL`,
  });
  const [l, e, i, f] = ['l', 'e', 'i', 'f'].map(() => analysis.fresh('v'));
  const unique = UNIQUE('key')
    .replaceAll('#l', l as string)
    .replaceAll('#e', e as string)
    .replaceAll('#i', i as string)
    .replaceAll('#f', f as string);
  const body = `CASE WHEN ${l} IS NOT NULL THEN map_from_entries(${unique}) END`;
  return { sql: bind(l as string, list, body), type: { k: 'map', key: key.type, value: value.type } };
};

const histogram: Aggregate = (values, write, _context, call) => {
  const value = one(values, call);
  const type: Type = { k: 'map', key: value.type, value: BIGINT };
  return { sql: `CAST(${write('histogram', [value.sql])} AS ${duckType(type)})`, type };
};

const listAgg: Aggregate = (values, write, { analysis }, call) => {
  const [value, separator] = values;
  if (!value || value.type.k !== 'varchar' || values.length > 2 || !call.withinGroup)
    throw unexpected(call, values);
  const text = separator ? coerce(separator, VARCHAR, analysis) : "''";
  return { sql: write('string_agg', [value.sql, text]), type: VARCHAR };
};

const checked =
  (name: string): Aggregate =>
  (_values, _write, _context, call) => {
    throw notTranslated(`function ${name}`, call.at);
  };

/** The aggregates that are known to agree, by name. */
export const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count,
  sum,
  avg,
  min: extreme('min'),
  max: extreme('max'),
  min_by: extremeBy('arg_min_null'),
  max_by: extremeBy('arg_max_null'),
  arbitrary: same('any_value'),
  any_value: same('any_value'),
  bool_and: typed('bool_and', BOOLEAN, BOOLEAN),
  every: typed('bool_and', BOOLEAN, BOOLEAN),
  bool_or: typed('bool_or', BOOLEAN, BOOLEAN),
  count_if: typed('count_if', BOOLEAN, BIGINT),
  array_agg: arrayAgg,
  map_agg: mapAgg,
  histogram,
  listagg: listAgg,
  approx_distinct: approxDistinct,
  approx_percentile: approxPercentile,
  stddev: typed('stddev_samp', DOUBLE, DOUBLE),
  stddev_samp: typed('stddev_samp', DOUBLE, DOUBLE),
  stddev_pop: typed('stddev_pop', DOUBLE, DOUBLE),
  variance: typed('var_samp', DOUBLE, DOUBLE),
  var_samp: typed('var_samp', DOUBLE, DOUBLE),
  var_pop: typed('var_pop', DOUBLE, DOUBLE),
  geometric_mean: typed('geomean', DOUBLE, DOUBLE),
  corr: pair('corr'),
  covar_pop: pair('covar_pop'),
  covar_samp: pair('covar_samp'),
  regr_slope: pair('regr_slope'),
  regr_intercept: pair('regr_intercept'),
  bitwise_and_agg: typed('bit_and', BIGINT, BIGINT),
  bitwise_or_agg: typed('bit_or', BIGINT, BIGINT),
  checksum: checked('checksum'),
};
