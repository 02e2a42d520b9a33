import { notTranslated, SqlError } from '../sql/error.ts';
import { quoteText, typeName, VARCHAR, type Type } from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { bind } from '../analyze/raise.ts';
import { constantText } from '../analyze/resolve.ts';
import type { Typed } from '../analyze/scope.ts';
import { analyzeArguments, signatures, type Builder, type CallNode, type Functions } from './signature.ts';

const JSON_TYPE: Type = { k: 'json' };
const REFUSED = `CAST(CAST('[[NOT_SUPPORTED: The local cloud does not print JSON objects of several keys as text yet]]' AS BIGINT) AS VARCHAR)`;
const INVALID = `CAST(CAST('[[INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: ' || $1 || ']]' AS BIGINT) AS VARCHAR)`;

const JSON_FUNCTIONS_TEXT = signatures(`
json_parse(varchar) -> json = CASE WHEN $1 IS NULL THEN NULL WHEN json_valid($1) THEN CAST(json($1) AS VARCHAR) ELSE ${INVALID} END
json_format(json) -> varchar = CASE WHEN contains($1, '{') AND contains($1, ',') THEN ${REFUSED} ELSE $1 END
json_array_length(varchar) -> bigint = CASE WHEN json_valid($1) AND json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS BIGINT) END
json_array_length(json) -> bigint = CASE WHEN json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS BIGINT) END
is_json_scalar(varchar) -> boolean = (json_type($1) NOT IN ('ARRAY', 'OBJECT'))
is_json_scalar(json) -> boolean = (json_type($1) NOT IN ('ARRAY', 'OBJECT'))
`);

const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\["([^"\\]+)"\]|\['([^'\\]+)'\]|\[(\d+)\]/y;

/** A JSONPath of members and positions as DuckDB writes it; wildcards and filters are refused. */
const duckPath = (path: string, call: CallNode): string => {
  if (!path.startsWith('$'))
    throw new SqlError('INVALID_FUNCTION_ARGUMENT', `Invalid JSON path: '${path}'`, call.at);
  let result = '$';
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) throw notTranslated(`the JSON path '${path}'`, call.at);
    const [, dotted, double, single, position] = match;
    result += position === undefined ? `."${dotted ?? double ?? single}"` : `[${position}]`;
    at = STEP.lastIndex;
  }
  return quoteText(result);
};

const argumentsOf = (call: CallNode, context: Parameters<Builder>[1]): [string, string] => {
  const [value, path] = analyzeArguments(call, context, [2]) as [Typed, Typed];
  const { k } = value.type;
  if (k !== 'json' && k !== 'varchar' && k !== 'unknown') {
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected parameters (${typeName(value.type)}, varchar) for function ${call.name}`,
      call.at,
    );
  }
  const text = k === 'json' ? value.sql : coerce(value, VARCHAR, context.analysis);
  return [text, duckPath(constantText(path, 'the JSON path', call.at), call)];
};

/** Text that is not JSON gives NULL, as in Trino. */
const extract: Builder = (call, context) => {
  const [text, path] = argumentsOf(call, context);
  const v = context.analysis.fresh('v');
  return {
    sql: bind(v, text, `CASE WHEN json_valid(${v}) THEN CAST(json_extract(${v}, ${path}) AS VARCHAR) END`),
    type: JSON_TYPE,
  };
};

const extractScalar: Builder = (call, context) => {
  const [text, path] = argumentsOf(call, context);
  const v = context.analysis.fresh('v');
  const scalar = `json_type(${v}, ${path}) NOT IN ('OBJECT', 'ARRAY', 'NULL')`;
  return {
    sql: bind(
      v,
      text,
      `CASE WHEN json_valid(${v}) AND ${scalar} THEN json_extract_string(${v}, ${path}) END`,
    ),
    type: VARCHAR,
  };
};

export const JSON_FUNCTIONS: Functions = {
  signatures: JSON_FUNCTIONS_TEXT,
  builders: { json_extract: extract, json_extract_scalar: extractScalar },
};
