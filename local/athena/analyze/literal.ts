import type { Expression } from '../sql/ast.ts';
import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import { BIGINT, DATE, DOUBLE, INTEGER, VARBINARY, type Type } from '../sql/types.ts';
import { castSql } from './cast.ts';
import { textLiteral } from './resolve.ts';
import { fromZone, zoneName } from './zone.ts';
import type { Analysis, Typed } from './scope.ts';

/** A number as Trino types it: `1` an integer, `1.10` a decimal(3,2), `1e0` a double. */
export const numberLiteral = (text: string, at: Position): Typed => {
  if (/e/i.test(text)) return { sql: `CAST('${text}' AS DOUBLE)`, type: DOUBLE };
  if (text.includes('.')) return decimalLiteral(text, at);
  const value = BigInt(text);
  if (value > 9223372036854775807n) throw new SqlError('', `Invalid numeric literal: ${text}`, at);
  const type = value > 2147483647n ? BIGINT : INTEGER;
  return { sql: `CAST(${value} AS ${type.k.toUpperCase()})`, type };
};

const decimalLiteral = (text: string, at: Position): Typed => {
  const unsigned = text.replace(/^[+-]/, '');
  const [whole = '', fraction = ''] = unsigned.split('.');
  const digits = whole.replace(/^0+/, '').length;
  const type: Type = { k: 'decimal', p: Math.max(1, digits + fraction.length), s: fraction.length };
  if (type.p > 38) throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `Invalid decimal literal: ${text}`, at);
  return { sql: `CAST('${text.replace(/\.$/, '')}' AS DECIMAL(${type.p},${type.s}))`, type };
};

const TIMESTAMP_LITERAL =
  /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}(?::\d{2}(\.\d{1,12})?)?))?(?: ?([A-Za-z+-].*))?$/;

/** `TIMESTAMP '…'`: its precision is the number of fraction digits, its zone what follows. */
export const timestampLiteral = (text: string, at: Position): Typed => {
  const match = TIMESTAMP_LITERAL.exec(text.trim());
  if (!match) throw new SqlError('INVALID_LITERAL', `'${text}' is not a valid timestamp literal`, at);
  const [, day, time = '00:00', fraction = '.', zone] = match;
  const p = fraction.length - 1;
  if (p > 6) throw notTranslated(`timestamp(${p})`, at);
  const sql = `TIMESTAMP '${day} ${time.length === 5 ? `${time}:00` : time}'`;
  if (zone === undefined) return { sql, type: { k: 'timestamp', p } };
  const name = zoneName(zone, at);
  return { sql: fromZone(sql, name), type: { k: 'timestamptz', p, zone: name } };
};

/** `DATE '…'`, `BIGINT '…'` and the like: the cast of a literal. */
export const typedLiteral = (type: Type, text: string, env: Pick<Analysis, 'fresh'>, at: Position): Typed => {
  if (type.k === 'json') return { sql: `CAST(json(${textLiteral(text).sql}) AS VARCHAR)`, type };
  if (type.k !== 'date') return { sql: castSql(textLiteral(text), type, env, at), type };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) {
    throw new SqlError('INVALID_LITERAL', `'${text}' is not a valid date literal`, at);
  }
  return { sql: `DATE '${text.trim()}'`, type: DATE };
};

const DAY_SECOND = new Set(['day', 'hour', 'minute', 'second', 'week']);

/** `INTERVAL '2' DAY`; compound forms such as DAY TO SECOND are refused. */
export const intervalLiteral = (value: Expression & { kind: 'interval' }): Typed => {
  const { at, unit } = value;
  if (value.to !== undefined) throw notTranslated(`INTERVAL … ${unit} TO ${value.to}`, at);
  const fraction = unit === 'second' ? /^-?\d+(\.\d{1,3})?$/ : /^-?\d+$/;
  if (!fraction.test(value.value))
    throw new SqlError('INVALID_LITERAL', `'${value.value}' is not a valid interval`, at);
  const months = unit === 'year' || unit === 'month';
  if (!months && !DAY_SECOND.has(unit)) throw new SqlError('', `mismatched input '${unit}'`, at);
  const sign = value.sign < 0 ? '-' : '';
  return {
    sql: `(${sign}INTERVAL '${value.value} ${unit}')`,
    type: { k: months ? 'interval year to month' : 'interval day to second' },
  };
};

/** `X'65683F'`. */
export const binaryLiteral = (value: string, at: Position): Typed => {
  const digits = value.replaceAll(/\s/g, '');
  if (!/^([0-9a-fA-F]{2})*$/.test(digits))
    throw new SqlError('', `Binary literal must be even hexadecimal digits`, at);
  return { sql: `unhex('${digits}')`, type: VARBINARY };
};

/** `current_date`, `current_timestamp` and their like: one instant for the whole query, in UTC. */
export const nowValue = (name: string, precision: number | undefined, now: Date, at: Position): Typed => {
  const p = precision ?? 3;
  if (p > 6) throw notTranslated(`${name}(${p})`, at);
  const text = now.toISOString().replace('T', ' ').replace('Z', '');
  if (name === 'current_date') return { sql: `DATE '${text.slice(0, 10)}'`, type: DATE };
  if (name === 'localtimestamp') return { sql: `TIMESTAMP '${text}'`, type: { k: 'timestamp', p } };
  if (name !== 'current_timestamp') throw notTranslated(name, at);
  return { sql: `(TIMESTAMP '${text}' AT TIME ZONE 'UTC')`, type: { k: 'timestamptz', p, zone: 'UTC' } };
};
