import { duckType, quoteText, type Type } from '../sql/types.ts';

/**
 * An expression that fails when it is evaluated, with an error of Athena's. It is a cast that cannot succeed, since
 * `TRY` catches those and refuses DuckDB's own `error()`.
 */
export const raise = (code: string, message: string, type: Type): string =>
  raiseWith(quoteText(`[[${code}: ${message}]]`), type);

/** The same with a message computed from the row: `textSql` gives `CODE: message`. */
export const raiseText = (textSql: string, type: Type): string =>
  raiseWith(`('[[' || ${textSql} || ']]')`, type);

const raiseWith = (textSql: string, type: Type) =>
  type.k === 'bigint'
    ? `CAST(${textSql} AS BIGINT)`
    : `CAST(CAST(CAST(${textSql} AS BIGINT) AS VARCHAR) AS ${duckType(type)})`;

/** Gives an expression a name within another, so that it is written and evaluated once. */
export const bind = (name: string, valueSql: string, bodySql: string): string =>
  `(list_transform([${valueSql}], lambda ${name}: ${bodySql})[1])`;

/** The Athena error of a message DuckDB gave. */
export const athenaError = (message: string): string => {
  const raised = /\[\[([A-Z_]+: [\s\S]*?)\]\]/.exec(message)?.[1];
  if (raised !== undefined) return raised;
  for (const [pattern, code] of KNOWN) {
    if (pattern.test(message)) return `${code}: ${firstLine(message)}`;
  }
  return `GENERIC_INTERNAL_ERROR: The local cloud could not run the query: ${firstLine(message)}`;
};

const firstLine = (message: string) => message.split('\n')[0] ?? message;

const KNOWN: readonly [RegExp, string][] = [
  [/Scalar Function .*not a|must appear in the GROUP BY clause/i, 'EXPRESSION_NOT_AGGREGATE'],
  [/More than one row returned by a subquery/i, 'SUBQUERY_MULTIPLE_ROWS'],
  [/out of range|overflow/i, 'NUMERIC_VALUE_OUT_OF_RANGE'],
  [/Out of Memory|could not allocate/i, 'EXCEEDED_LOCAL_MEMORY_LIMIT'],
  [/Conversion Error/i, 'INVALID_CAST_ARGUMENT'],
  [/invalid perl operator|invalid escape sequence/i, 'NOT_SUPPORTED'],
  [/regular expression|missing (argument|closing)|no argument for repetition/i, 'INVALID_FUNCTION_ARGUMENT'],
  [/Map keys must be unique/i, 'INVALID_FUNCTION_ARGUMENT'],
];
