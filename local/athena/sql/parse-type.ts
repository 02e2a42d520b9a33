import { Cursor, type Grammar } from './cursor.ts';
import { SqlError } from './error.ts';
import { VARCHAR, type Field, type Type } from './types.ts';

const SIMPLE: Record<string, Type> = {
  boolean: { k: 'boolean' },
  tinyint: { k: 'tinyint' },
  smallint: { k: 'smallint' },
  int: { k: 'integer' },
  integer: { k: 'integer' },
  bigint: { k: 'bigint' },
  real: { k: 'real' },
  float: { k: 'real' },
  double: { k: 'double' },
  string: VARCHAR,
  binary: { k: 'varbinary' },
  varbinary: { k: 'varbinary' },
  date: { k: 'date' },
  json: { k: 'json' },
  uuid: { k: 'uuid' },
  unknown: { k: 'unknown' },
};

const NO_GRAMMAR: Grammar = {
  expression: (cursor) => {
    throw cursor.mismatch('<type>');
  },
  query: (cursor) => {
    throw cursor.mismatch('<type>');
  },
};

/**
 * Reads a type written for Trino (`row(a bigint)`) or for Hive (`struct<a:bigint>`), as Glue keeps it.
 *
 * @example
 * parseTypeText('array<struct<sku:string,price:decimal(10,2)>>');
 */
export const parseTypeText = (text: string): Type => {
  const cursor = new Cursor(text, NO_GRAMMAR);
  const type = parseType(cursor);
  cursor.end();
  return type;
};

/**
 * Reads a function's signature, where `t`, `u`, `k`, `v` and `r` stand for any type:
 * `contains(array(t), t) -> boolean`.
 */
export const parseSignature = (text: string) => {
  const cursor = new Cursor(text, { ...NO_GRAMMAR, typeVariables: ['t', 'u', 'k', 'v', 'r'] });
  const name = cursor.identifier();
  const args = cursor.parenthesized(() => (cursor.at(')') ? [] : cursor.list(() => parseType(cursor))));
  cursor.expect('->');
  return { name, args, returns: parseType(cursor) };
};

/** Reads one type at the cursor. */
export const parseType = (cursor: Cursor): Type => {
  const start = cursor.peek();
  if (start.kind !== 'word') throw cursor.mismatch('<type>');
  const name = cursor.take().value.toLowerCase();
  const simple = SIMPLE[name];
  if (simple) {
    if (name === 'double') cursor.accept('PRECISION');
    return suffixed(cursor, simple);
  }
  if (cursor.grammar.typeVariables?.includes(name)) return { k: 'var', name };
  const parser = PARAMETRIC[name];
  if (!parser) throw new SqlError('TYPE_NOT_FOUND', `Unknown type: ${name}`, start);
  return suffixed(cursor, parser(cursor));
};

const suffixed = (cursor: Cursor, type: Type): Type =>
  cursor.accept('ARRAY') ? suffixed(cursor, { k: 'array', of: type }) : type;

const numbers = (cursor: Cursor): number[] => {
  if (!cursor.accept('(')) return [];
  const list = cursor.list(() => {
    if (cursor.peek().kind !== 'number') throw cursor.mismatch('<integer>');
    return Number(cursor.take().text);
  });
  cursor.expect(')');
  return list;
};

const decimal = (cursor: Cursor): Type => {
  const at = cursor.peek();
  const [p = 38, s = 0] = numbers(cursor);
  if (p < 1 || p > 38 || s > p) throw new SqlError('INVALID_TYPE', `Invalid decimal(${p},${s})`, at);
  return { k: 'decimal', p, s };
};

const text =
  (k: 'varchar' | 'char') =>
  (cursor: Cursor): Type => {
    const [n] = numbers(cursor);
    if (n !== undefined) return { k, n };
    return k === 'char' ? { k, n: 1 } : { k };
  };

const timestamp = (cursor: Cursor): Type => {
  const [p = 3] = numbers(cursor);
  if (cursor.accept('WITH', 'TIME', 'ZONE')) return { k: 'timestamptz', p };
  cursor.accept('WITHOUT', 'TIME', 'ZONE');
  return { k: 'timestamp', p };
};

/** `(…)` as Trino writes it or `<…>` as Hive does. */
const bracketed = <T>(cursor: Cursor, content: () => T): T => {
  const hive = cursor.accept('<');
  if (!hive) cursor.expect('(');
  const result = content();
  if (hive) closeAngle(cursor);
  else cursor.expect(')');
  return result;
};

const closeAngle = (cursor: Cursor) => {
  cursor.expect('>');
};

const array = (cursor: Cursor): Type => ({ k: 'array', of: bracketed(cursor, () => parseType(cursor)) });

const map = (cursor: Cursor): Type =>
  bracketed(cursor, () => {
    const key = parseType(cursor);
    cursor.expect(',');
    return { k: 'map', key, value: parseType(cursor) };
  });

const row = (cursor: Cursor): Type => ({
  k: 'row',
  fields: bracketed(cursor, () => cursor.list(() => field(cursor))),
});

const field = (cursor: Cursor): Field => {
  if (!isNamed(cursor)) return { type: parseType(cursor) };
  const name = cursor.take().value.toLowerCase();
  cursor.accept(':');
  return { name, type: parseType(cursor) };
};

/** A field has a name when what follows its first word can begin a type. */
const isNamed = (cursor: Cursor) => {
  const [first, second] = [cursor.peek(), cursor.peek(1)];
  if (first.kind === 'quoted' || second.text === ':') return true;
  return second.kind === 'word' && !['PRECISION', 'WITH', 'WITHOUT', 'ARRAY'].includes(second.text)
    ? true
    : second.text === 'ARRAY' && !SIMPLE[first.value.toLowerCase()];
};

const interval = (cursor: Cursor): Type => {
  if (cursor.accept('YEAR', 'TO', 'MONTH')) return { k: 'interval year to month' };
  cursor.expect('DAY', 'TO', 'SECOND');
  return { k: 'interval day to second' };
};

const lambdaType = (cursor: Cursor): Type => {
  const types = cursor.parenthesized(() => cursor.list(() => parseType(cursor)));
  if (!cursor.grammar.typeVariables) throw cursor.mismatch('<type>');
  return { k: 'function', args: types.slice(0, -1), returns: types.at(-1) as Type };
};

const PARAMETRIC: Record<string, (cursor: Cursor) => Type> = {
  decimal,
  dec: decimal,
  numeric: decimal,
  varchar: text('varchar'),
  char: text('char'),
  timestamp,
  time: () => ({ k: 'time' }),
  array,
  map,
  row,
  struct: row,
  interval,
  function: lambdaType,
};
