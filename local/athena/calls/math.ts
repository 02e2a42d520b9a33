import { SqlError } from '../sql/error.ts';
import {
  commonType,
  DOUBLE,
  duckType,
  isInteger,
  isNumeric,
  typeName,
  UNKNOWN,
  type Type,
} from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { arithmetic } from '../analyze/operators.ts';
import type { Typed } from '../analyze/scope.ts';
import { analyzeArguments, signatures, type Builder, type Functions } from './signature.ts';

const NAN = `CAST('NaN' AS DOUBLE)`;
const logarithm = (duck: string) =>
  `CASE WHEN $1 < 0 THEN ${NAN} WHEN $1 = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE ${duck}($1) END`;
const within = (duck: string) => `CASE WHEN abs($1) > 1 THEN ${NAN} ELSE ${duck}($1) END`;

const MATH = signatures(`
sqrt(double) -> double = CASE WHEN $1 < 0 THEN ${NAN} ELSE sqrt($1) END
cbrt(double) -> double = cbrt($1)
exp(double) -> double = exp($1)
ln(double) -> double = ${logarithm('ln')}
log2(double) -> double = ${logarithm('log2')}
log10(double) -> double = ${logarithm('log10')}
power(double, double) -> double = pow($1, $2)
pow(double, double) -> double = pow($1, $2)
sin(double) -> double = sin($1)
cos(double) -> double = cos($1)
tan(double) -> double = tan($1)
asin(double) -> double = ${within('asin')}
acos(double) -> double = ${within('acos')}
atan(double) -> double = atan($1)
atan2(double, double) -> double = atan2($1, $2)
degrees(double) -> double = degrees($1)
radians(double) -> double = radians($1)
pi() -> double = pi()
e() -> double = exp(CAST(1 AS DOUBLE))
random() -> double = random()
rand() -> double = random()
is_nan(double) -> boolean = isnan($1)
is_finite(double) -> boolean = isfinite($1)
is_infinite(double) -> boolean = isinf($1)
nan() -> double = ${NAN}
infinity() -> double = CAST('Infinity' AS DOUBLE)
bitwise_and(bigint, bigint) -> bigint = ($1 & $2)
bitwise_or(bigint, bigint) -> bigint = ($1 | $2)
bitwise_xor(bigint, bigint) -> bigint = xor($1, $2)
bitwise_not(bigint) -> bigint = (~$1)
`);

const numeric = (value: Typed | undefined, name: string, at: SqlErrorAt): Typed => {
  if (value && isNumeric(value.type)) return value;
  if (value?.type.k === 'unknown') return { sql: 'CAST(NULL AS DOUBLE)', type: DOUBLE };
  const given = value ? typeName(value.type) : '';
  throw new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${given}) for function ${name}. Expected: a number`,
    at,
  );
};

type SqlErrorAt = ConstructorParameters<typeof SqlError>[2];

const cast = (sql: string, type: Type): Typed => ({ sql: `CAST(${sql} AS ${duckType(type)})`, type });

const absolute: Builder = (call, context) => {
  const value = numeric(analyzeArguments(call, context, [1])[0], call.name, call.at);
  return cast(`abs(${value.sql})`, value.type);
};

/** The whole numbers a decimal rounds to: one digit more than its own, for 9.9 may become 10. */
const wholeOf = (type: Type & { k: 'decimal' }): Type => ({
  k: 'decimal',
  p: Math.min(38, type.p - type.s + Math.min(type.s, 1)),
  s: 0,
});

const toWhole =
  (duck: string): Builder =>
  (call, context) => {
    const value = numeric(analyzeArguments(call, context, [1])[0], call.name, call.at);
    if (isInteger(value.type)) return value;
    const type = value.type.k === 'decimal' ? wholeOf(value.type) : value.type;
    return cast(`${duck}(${value.sql})`, type);
  };

const truncate: Builder = (call, context) => {
  const value = numeric(analyzeArguments(call, context, [1])[0], call.name, call.at);
  if (isInteger(value.type)) return value;
  const { type } = value;
  return cast(
    `trunc(${value.sql})`,
    type.k === 'decimal' ? { k: 'decimal', p: Math.max(1, type.p - type.s), s: 0 } : type,
  );
};

/** `round(x, digits)`: half away from zero. */
const roundTo: Builder = (call, context) => {
  const value = numeric(analyzeArguments(call, context, [2])[0], call.name, call.at);
  const digits = literalInteger(call);
  if (digits === undefined) {
    throw new SqlError('NOT_SUPPORTED', 'The local cloud needs the digits of round as a number', call.at);
  }
  if (isInteger(value.type) && digits >= 0) return value;
  const { type } = value;
  const wide: Type = type.k === 'decimal' ? { k: 'decimal', p: Math.min(38, type.p + 1), s: type.s } : type;
  return cast(`round(${value.sql}, ${digits})`, wide);
};

const literalInteger = (call: { args: readonly { kind: string }[] }): number | undefined => {
  const arg: { kind: string; value?: unknown } | undefined = call.args[1];
  if (arg?.kind === 'number') return Number(arg.value);
  const inner = arg?.kind === 'negate' ? (arg.value as { kind: string; value?: unknown }) : undefined;
  return inner?.kind === 'number' ? -Number(inner.value) : undefined;
};

const sign: Builder = (call, context) => {
  const value = numeric(analyzeArguments(call, context, [1])[0], call.name, call.at);
  return cast(`sign(${value.sql})`, value.type.k === 'decimal' ? { k: 'decimal', p: 1, s: 0 } : value.type);
};

const modulo: Builder = (call, context) => {
  const [left, right] = analyzeArguments(call, context, [2]) as [Typed, Typed];
  return arithmetic('%', left, right, context.analysis, call.at);
};

const logBase: Builder = (call, context) => {
  const [base, value] = analyzeArguments(call, context, [2]).map((arg) =>
    coerce(numeric(arg, call.name, call.at), DOUBLE, context.analysis),
  );
  const problem = `${base} <= 0 OR ${value} < 0`;
  const zero = `WHEN ${value} = 0 THEN CAST('-Infinity' AS DOUBLE)`;
  return {
    sql: `CASE WHEN ${problem} THEN ${NAN} ${zero} ELSE ln(${value}) / ln(${base}) END`,
    type: DOUBLE,
  };
};

/** `greatest` and `least`: NULL as soon as one argument is. */
const extreme: Builder = (call, context) => {
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  const type = values.reduce<Type | undefined>((a, value) => a && commonType(a, value.type), UNKNOWN);
  if (!type || values.length === 0 || ['array', 'map', 'row', 'json'].includes(type.k)) {
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  }
  const items = values.map((value) => coerce(value, type, context.analysis));
  const nulls = items.map((item) => `${item} IS NULL`).join(' OR ');
  return { sql: `CASE WHEN ${nulls} THEN NULL ELSE ${call.name}(${items.join(', ')}) END`, type };
};

export const MATH_FUNCTIONS: Functions = {
  signatures: MATH,
  builders: {
    abs: absolute,
    ceil: toWhole('ceil'),
    ceiling: toWhole('ceil'),
    floor: toWhole('floor'),
    'round/1': toWhole('round'),
    'round/2': roundTo,
    'truncate/1': truncate,
    sign,
    mod: modulo,
    'log/2': logBase,
    greatest: extreme,
    least: extreme,
  },
};
