import type { Expression } from '../sql/ast.ts';
import { SqlError } from '../sql/error.ts';
import { BIGINT, fieldKey, isInteger, quoteName, typeName, type Type } from '../sql/types.ts';
import { castSql, coerce } from './cast.ts';
import { bind, raise, raiseText } from './raise.ts';
import type { Context, Typed } from './scope.ts';

/** `base[index]`: an array position that must exist, a map key that must exist, or a row's field by number. */
export const subscript = (base: Typed, index: Typed, value: Expression, { analysis }: Context): Typed => {
  const { type } = base;
  if (type.k === 'array' && isInteger(index.type))
    return item(base.sql, coerce(index, BIGINT, analysis), type.of, analysis);
  if (type.k === 'map') return entry(base.sql, coerce(index, type.key, analysis), type, analysis);
  if (type.k === 'row' && value.kind === 'subscript' && value.index.kind === 'number') {
    const position = Number(value.index.value);
    const field = type.fields[position - 1];
    if (field) return { sql: `(${base.sql}).${quoteName(fieldKey(field, position - 1))}`, type: field.type };
  }
  throw new SqlError(
    'TYPE_MISMATCH',
    `Cannot use ${typeName(index.type)} for subscript of ${typeName(type)}`,
    value.at,
  );
};

const item = (list: string, index: string, type: Type, analysis: Context['analysis']): Typed => {
  const v = analysis.fresh('v');
  const zero = raise('INVALID_FUNCTION_ARGUMENT', 'SQL array indices start at 1', type);
  const below = raiseText(`'INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || ${v}.i`, type);
  const beyond = raiseText(
    `'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: ' || ${v}.i || ' > ' || len(${v}.l)`,
    type,
  );
  const body = `CASE WHEN ${v}.i = 0 THEN ${zero} WHEN ${v}.i < 0 THEN ${below} WHEN ${v}.i > len(${v}.l) THEN ${beyond} ELSE ${v}.l[${v}.i] END`;
  return { sql: bind(v, `{'l': ${list}, 'i': ${index}}`, body), type };
};

const entry = (map: string, key: string, type: Type & { k: 'map' }, analysis: Context['analysis']): Typed => {
  const v = analysis.fresh('v');
  const shown = castSql({ sql: `${v}.k`, type: type.key }, { k: 'varchar' }, analysis);
  const missing = raiseText(`'INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || ${shown}`, type.value);
  const value = `map_extract_value(${v}.m, ${v}.k)`;
  const body = `CASE WHEN ${v}.m IS NULL OR ${v}.k IS NULL THEN NULL WHEN map_contains(${v}.m, ${v}.k) THEN ${value} ELSE ${missing} END`;
  return { sql: bind(v, `{'m': ${map}, 'k': ${key}}`, body), type: type.value };
};
