import { SqlError } from '../sql/error.ts';
import { VARCHAR } from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { concatenate } from '../analyze/operators.ts';
import { constantText } from '../analyze/resolve.ts';
import { analyzeArguments, signatures, type Builder, type Functions } from './signature.ts';

/** What `trim` removes: Java's whitespace. */
const SPACE =
  ' \t\n\r\u000b\f\u001c\u001d\u001e\u001f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000';
const BLANK = `CAST(CAST('[[INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string]]' AS BIGINT) AS VARCHAR)`;
const INDEX = `CAST(CAST('[[INVALID_FUNCTION_ARGUMENT: Index must be greater than zero]]' AS BIGINT) AS VARCHAR)`;

const START = `CASE WHEN #b.i > 0 THEN #b.i WHEN #b.i < 0 THEN length(#b.s) + #b.i + 1 ELSE 0 END`;
const SUBSTR = `(list_transform([{'s': $1, 'i': $2}], lambda #b: CASE WHEN ${START} <= 0 THEN (CASE WHEN #b.i IS NOT NULL AND #b.s IS NOT NULL THEN '' END)`;

const FIRST = `CASE WHEN $2 < 0 THEN octet_length($1) + $2 + 1 ELSE $2 END`;
const BYTES = `CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN $3 <= 0 OR ${FIRST} <= 0 THEN unhex('') ELSE array_slice($1, ${FIRST}, ${FIRST} + $3 - 1) END`;
const EIGHT = `CAST('[[INVALID_FUNCTION_ARGUMENT: expected 8-byte input]]' AS BIGINT)`;

const TEXT = signatures(`
lower(varchar) -> varchar = lower($1)
upper(varchar) -> varchar = upper($1)
length(varchar) -> bigint = length($1)
length(varbinary) -> bigint = octet_length($1)
substr(varchar, bigint) -> varchar = ${SUBSTR} ELSE substr(#b.s, ${START}) END)[1])
substr(varchar, bigint, bigint) -> varchar = ${SUBSTR} WHEN $3 <= 0 THEN '' ELSE substr(#b.s, ${START}, $3) END)[1])
substring(varchar, bigint) -> varchar = ${SUBSTR} ELSE substr(#b.s, ${START}) END)[1])
substring(varchar, bigint, bigint) -> varchar = ${SUBSTR} WHEN $3 <= 0 THEN '' ELSE substr(#b.s, ${START}, $3) END)[1])
replace(varchar, varchar) -> varchar = replace($1, $2, '')
replace(varchar, varchar, varchar) -> varchar = CASE WHEN $2 = '' THEN ${BLANK} ELSE replace($1, $2, $3) END
reverse(varchar) -> varchar = reverse($1)
reverse(array(t)) -> array(t) = list_reverse($1)
lpad(varchar, bigint, varchar) -> varchar = lpad($1, CAST($2 AS INTEGER), $3)
rpad(varchar, bigint, varchar) -> varchar = rpad($1, CAST($2 AS INTEGER), $3)
strpos(varchar, varchar) -> bigint = instr($1, $2)
starts_with(varchar, varchar) -> boolean = starts_with($1, $2)
ends_with(varchar, varchar) -> boolean = suffix($1, $2)
split(varchar, varchar) -> array(varchar) = CASE WHEN $2 = '' THEN [${BLANK}] ELSE string_split($1, $2) END
split_part(varchar, varchar, bigint) -> varchar = CASE WHEN $3 < 1 THEN ${INDEX} ELSE list_extract(string_split($1, $2), $3) END
chr(bigint) -> varchar = chr(CAST($1 AS INTEGER))
codepoint(varchar) -> integer = unicode($1)
translate(varchar, varchar, varchar) -> varchar = translate($1, $2, $3)
regexp_like(varchar, varchar) -> boolean = regexp_matches($1, $2)
regexp_extract(varchar, varchar) -> varchar = CASE WHEN regexp_matches($1, $2) THEN regexp_extract($1, $2) END
regexp_extract_all(varchar, varchar) -> array(varchar) = regexp_extract_all($1, $2)
regexp_replace(varchar, varchar) -> varchar = regexp_replace($1, $2, '', 'g')
regexp_split(varchar, varchar) -> array(varchar) = string_split_regex($1, $2)
regexp_count(varchar, varchar) -> bigint = len(regexp_extract_all($1, $2))
to_utf8(varchar) -> varbinary = encode($1)
from_utf8(varbinary) -> varchar = decode($1)
to_hex(varbinary) -> varchar = hex($1)
from_hex(varchar) -> varbinary = unhex($1)
to_base64(varbinary) -> varchar = base64($1)
from_base64(varchar) -> varbinary = from_base64($1)
md5(varbinary) -> varbinary = unhex(md5($1))
sha1(varbinary) -> varbinary = unhex(sha1($1))
sha256(varbinary) -> varbinary = unhex(sha256($1))
substr(varbinary, bigint, bigint) -> varbinary = ${BYTES}
substring(varbinary, bigint, bigint) -> varbinary = ${BYTES}
from_big_endian_64(varbinary) -> bigint = CASE WHEN octet_length($1) <> 8 THEN ${EIGHT} ELSE CAST(CAST($1 AS BIT) AS BIGINT) END
to_big_endian_64(bigint) -> varbinary = CAST(CAST($1 AS BIT) AS BLOB)
to_ieee754_64(double) -> varbinary = CAST(CAST($1 AS BIT) AS BLOB)
`);

const trimmed =
  (duck: string): Builder =>
  (call, context) => {
    const [value, set] = analyzeArguments(call, context, [1, 2]);
    if (!value || (value.type.k !== 'varchar' && value.type.k !== 'unknown')) {
      throw new SqlError(
        'FUNCTION_NOT_FOUND',
        `Unexpected parameters for function ${call.name}. Expected: varchar`,
        call.at,
      );
    }
    const chars = set ? coerce(set, VARCHAR, context.analysis) : `'${SPACE}'`;
    return { sql: `${duck}(${coerce(value, VARCHAR, context.analysis)}, ${chars})`, type: value.type };
  };

const concat: Builder = (call, context) => {
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  if (values.length < 2) {
    throw new SqlError('FUNCTION_NOT_FOUND', 'There must be two or more concatenation arguments', call.at);
  }
  return concatenate(values, context.analysis, call.at);
};

const concatWithSeparator: Builder = (call, context) => {
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  if (values.some((value) => value.type.k !== 'varchar' && value.type.k !== 'unknown') || values.length < 2) {
    throw new SqlError(
      'NOT_SUPPORTED',
      'The local cloud translates concat_ws over varchar arguments only',
      call.at,
    );
  }
  return {
    sql: `concat_ws(${values.map((value) => coerce(value, VARCHAR, context.analysis)).join(', ')})`,
    type: VARCHAR,
  };
};

/** A group that need not take part in the match is NULL in Trino and empty in DuckDB. */
const OPTIONAL_GROUP = /\)[?*]|\)\{0|\|/;

const regexpGroup: Builder = (call, context) => {
  const [text, pattern, group] = analyzeArguments(call, context, [3]).map((value) => value);
  if (!text || !pattern || !group || call.args[2]?.kind !== 'number') {
    throw new SqlError(
      'NOT_SUPPORTED',
      `The local cloud needs the group of ${call.name} as a number`,
      call.at,
    );
  }
  if (OPTIONAL_GROUP.test(constantText(pattern, 'the pattern', call.at))) {
    throw new SqlError(
      'NOT_SUPPORTED',
      `The local cloud does not translate ${call.name} of an optional group yet`,
      call.at,
    );
  }
  const [s, p] = [coerce(text, VARCHAR, context.analysis), pattern.sql];
  if (call.name === 'regexp_extract_all') {
    return {
      sql: `regexp_extract_all(${s}, ${p}, ${call.args[2].value})`,
      type: { k: 'array', of: VARCHAR },
    };
  }
  return {
    sql: `CASE WHEN regexp_matches(${s}, ${p}) THEN regexp_extract(${s}, ${p}, ${call.args[2].value}) END`,
    type: VARCHAR,
  };
};

/** `$1` of Java's replacements is `\1` in DuckDB's. */
const regexpReplace: Builder = (call, context) => {
  const [text, pattern, replacement] = analyzeArguments(call, context, [3]);
  if (!text || !pattern || !replacement)
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  const template = constantText(replacement, 'the replacement', call.at);
  if (/\$\{|\\[^\\$]/.test(template)) {
    throw new SqlError(
      'NOT_SUPPORTED',
      'The local cloud does not translate named groups in a replacement yet',
      call.at,
    );
  }
  const duck = template.replaceAll(/\\\\|\\\$|\$(\d)/g, (match, digit?: string) =>
    digit === undefined ? (match === '\\$' ? '$' : '\\\\') : `\\${digit}`,
  );
  const s = coerce(text, VARCHAR, context.analysis);
  return { sql: `regexp_replace(${s}, ${pattern.sql}, '${duck.replaceAll("'", "''")}', 'g')`, type: VARCHAR };
};

export const TEXT_FUNCTIONS: Functions = {
  signatures: TEXT,
  builders: {
    trim: trimmed('trim'),
    ltrim: trimmed('ltrim'),
    rtrim: trimmed('rtrim'),
    concat,
    concat_ws: concatWithSeparator,
    'regexp_extract/3': regexpGroup,
    'regexp_extract_all/3': regexpGroup,
    'regexp_replace/3': regexpReplace,
  },
};
