import type { Comparison } from '../sql/ast.ts';
import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import {
  BOOLEAN,
  commonType,
  duckType,
  fieldKey,
  isInteger,
  isNested,
  isNumeric,
  quoteName,
  sameType,
  TIMESTAMP,
  typeName,
  VARCHAR,
  type Type,
} from '../sql/types.ts';
import { coerce } from './cast.ts';
import { decimalOperation } from './decimal.ts';
import { raise } from './raise.ts';
import type { Analysis, Typed } from './scope.ts';
import { fromZone, localTime } from './zone.ts';

type Env = Pick<Analysis, 'fresh'>;
type Operator = '+' | '-' | '*' | '/' | '%';

const mismatch = (op: string, left: Typed, right: Typed, at: Position) =>
  new SqlError(
    'TYPE_MISMATCH',
    `Cannot apply operator: ${typeName(left.type)} ${op} ${typeName(right.type)}`,
    at,
  );

/** `+ - * / %` over numbers, dates and intervals, with Trino's result types and errors. */
export const arithmetic = (op: Operator, left: Typed, right: Typed, env: Env, at: Position): Typed => {
  if (left.type.k === 'unknown' && right.type.k === 'unknown') return left;
  if (left.type.k === 'unknown')
    return arithmetic(op, { sql: coerce(left, right.type, env), type: right.type }, right, env, at);
  if (right.type.k === 'unknown')
    return arithmetic(op, left, { sql: coerce(right, left.type, env), type: left.type }, env, at);
  if (!isNumeric(left.type) || !isNumeric(right.type)) return moment(op, left, right, env, at);
  const type = commonType(left.type, right.type) as Type;
  if (type.k === 'decimal') return decimalOperation(op, left, right, env);
  const [a, b] = [coerce(left, type, env), coerce(right, type, env)];
  return isInteger(type) ? integerOperation(op, a, b, type) : { sql: floating(op, a, b), type };
};

const floating = (op: Operator, a: string, b: string) =>
  op === '%' ? `CASE WHEN ${b} = 0 THEN CAST('NaN' AS DOUBLE) ELSE ${a} % ${b} END` : `(${a} ${op} ${b})`;

const integerOperation = (op: Operator, a: string, b: string, type: Type): Typed => {
  if (op !== '/' && op !== '%') return { sql: `CAST(${a} ${op} ${b} AS ${duckType(type)})`, type };
  const operator = op === '/' ? '//' : '%';
  const failure = raise('DIVISION_BY_ZERO', 'Division by zero', type);
  return {
    sql: `CASE WHEN ${b} = 0 THEN ${failure} ELSE CAST(${a} ${operator} ${b} AS ${duckType(type)}) END`,
    type,
  };
};

const isInterval = (type: Type) => type.k.startsWith('interval');
const isMoment = (type: Type) => ['date', 'timestamp', 'timestamptz'].includes(type.k);

const moment = (op: Operator, left: Typed, right: Typed, env: Env, at: Position): Typed => {
  if (op === '+' && isInterval(left.type) && isMoment(right.type)) return shift('+', right, left, at);
  if ((op === '+' || op === '-') && isMoment(left.type) && isInterval(right.type))
    return shift(op, left, right, at);
  if (op === '-' && isMoment(left.type) && isMoment(right.type)) return difference(left, right, env, at);
  if (isInterval(left.type) && sameType(left.type, right.type) && (op === '+' || op === '-')) {
    return { sql: `(${left.sql} ${op} ${right.sql})`, type: left.type };
  }
  if (op === '*' && isInterval(left.type) && isInteger(right.type))
    return { sql: `(${left.sql} * ${right.sql})`, type: left.type };
  if (op === '*' && isInterval(right.type) && isInteger(left.type)) return moment(op, right, left, env, at);
  throw mismatch(op, left, right, at);
};

/** A date or time moved by an interval; months move the wall clock of its zone. */
const shift = (op: '+' | '-', value: Typed, by: Typed, at: Position): Typed => {
  const { type } = value;
  if (type.k === 'date') {
    if (/hour|minute|second/i.test(by.sql)) {
      throw new SqlError('INVALID_FUNCTION_ARGUMENT', 'Cannot add hour, minutes or seconds to a date', at);
    }
    return { sql: `CAST(${value.sql} ${op} ${by.sql} AS DATE)`, type };
  }
  const months = by.type.k === 'interval year to month';
  if (type.k !== 'timestamptz' || !months) return { sql: `(${value.sql} ${op} ${by.sql})`, type };
  return { sql: fromZone(`(${localTime(value, at)} ${op} ${by.sql})`, type.zone ?? 'UTC'), type };
};

const difference = (left: Typed, right: Typed, env: Env, at: Position): Typed => {
  const type = commonType(left.type, right.type) as Type;
  const by: Type = type.k === 'date' ? TIMESTAMP : type;
  if (left.type.k === 'unknown') throw mismatch('-', left, right, at);
  return {
    sql: `(${coerce(left, by, env)} - ${coerce(right, by, env)})`,
    type: { k: 'interval day to second' },
  };
};

/** `-x`. */
export const negate = (value: Typed, at: Position): Typed => {
  if (value.type.k === 'unknown') return value;
  if (isNumeric(value.type) || isInterval(value.type)) return { sql: `(-${value.sql})`, type: value.type };
  throw new SqlError('TYPE_MISMATCH', `Cannot negate ${typeName(value.type)}`, at);
};

/** `a || b` over text, arrays and binary. */
export const concatenate = (values: readonly Typed[], env: Env, at: Position): Typed => {
  const arrays = values.filter((value) => value.type.k === 'array');
  if (arrays.length > 0) return concatenateArrays(values, env, at);
  const type: Type = values.every((value) => value.type.k === 'varbinary') ? { k: 'varbinary' } : VARCHAR;
  for (const value of values) {
    if (
      !['varchar', 'unknown', 'varbinary'].includes(value.type.k) ||
      (type.k === 'varchar' && value.type.k === 'varbinary')
    ) {
      throw mismatch('||', values[0] as Typed, values[1] ?? value, at);
    }
  }
  return { sql: `(${values.map((value) => coerce(value, type, env)).join(' || ')})`, type };
};

const concatenateArrays = (values: readonly Typed[], env: Env, at: Position): Typed => {
  const lists = values.map((value): Typed => {
    if (value.type.k === 'array' || value.type.k === 'unknown') return value;
    return { sql: `[${value.sql}]`, type: { k: 'array', of: value.type } };
  });
  const type = lists
    .map((value) => value.type)
    .reduce<Type | undefined>((a, b) => a && commonType(a, b), { k: 'unknown' });
  if (!type) throw mismatch('||', values[0] as Typed, values[1] as Typed, at);
  const parts = lists.map((value) => coerce(value, type, env));
  const nulls = parts.map((part) => `${part} IS NULL`).join(' OR ');
  return {
    sql: `CASE WHEN ${nulls} THEN NULL ELSE ${parts.reduce((a, b) => `list_concat(${a}, ${b})`)} END`,
    type,
  };
};

/** Both sides read as their common type; a mismatch is Trino's error. */
export const unified = (
  op: string,
  left: Typed,
  right: Typed,
  env: Env,
  at: Position,
): [string, string, Type] => {
  const type = commonType(left.type, right.type);
  if (!type) throw mismatch(op, left, right, at);
  return [coerce(left, type, env, at), coerce(right, type, env, at), type];
};

/** A comparison; rows compare field by field. */
export const compare = (op: Comparison, left: Typed, right: Typed, env: Env, at: Position): Typed => {
  const [a, b, type] = unified(op, left, right, env, at);
  if (type.k === 'row' && (op === '=' || op === '<>')) return compareRows(op, a, b, type, env, at);
  if (isNested(type)) throw notTranslated(`${op} between values of type ${typeName(type)}`, at);
  if (type.k === 'json') throw notTranslated('comparing JSON values', at);
  return { sql: `(${a} ${op} ${b})`, type: BOOLEAN };
};

const compareRows = (
  op: '=' | '<>',
  a: string,
  b: string,
  type: Type & { k: 'row' },
  env: Env,
  at: Position,
): Typed => {
  const equal = type.fields.map((field, index) => {
    const of = (row: string): Typed => ({
      sql: `(${row}).${quoteName(fieldKey(field, index))}`,
      type: field.type,
    });
    return compare('=', of(a), of(b), env, at).sql;
  });
  const all = `(${equal.join(' AND ')})`;
  return { sql: op === '=' ? all : `(NOT ${all})`, type: BOOLEAN };
};
