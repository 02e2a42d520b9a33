import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import { BIGINT, DATE, DOUBLE, TIMESTAMP, typeName, VARCHAR, commonType, type Type } from '../sql/types.ts';
import { coerce, timestampText } from '../analyze/cast.ts';
import { nowValue } from '../analyze/literal.ts';
import { raiseText } from '../analyze/raise.ts';
import { constantText } from '../analyze/resolve.ts';
import type { Context, Typed } from '../analyze/scope.ts';
import { fromZone, localTime, zoneName } from '../analyze/zone.ts';
import { jodaFormat, mysqlFormat } from './formats.ts';
import { analyzeArguments, signatures, type Builder, type CallNode, type Functions } from './signature.ts';

const ISO = '[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+]00:00)?)?';
const NOT_UTC = raiseText(
  `'NOT_SUPPORTED: The local cloud reads ISO 8601 timestamps in UTC only, not ' || $1`,
  { k: 'timestamptz', p: 3 },
);
const NOT_A_DATE = raiseText(`'INVALID_FUNCTION_ARGUMENT: Invalid format: ' || $1`, DATE);

const DATETIME = signatures(`
from_iso8601_date(varchar) -> date = CASE WHEN $1 IS NULL OR regexp_full_match($1, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN CAST($1 AS DATE) ELSE ${NOT_A_DATE} END
last_day_of_month(timestamp) -> date = last_day($1)
last_day_of_month(date) -> date = last_day($1)
current_timezone() -> varchar = 'UTC'
to_unixtime(timestamp) -> double = (CAST(epoch_ms($1) AS DOUBLE) / 1000)
to_unixtime(timestamp with time zone) -> double = (CAST(epoch_ms($1) AS DOUBLE) / 1000)
`);

const UTC: Type = { k: 'timestamptz', p: 3, zone: 'UTC' };
const DATE_UNITS = ['day', 'week', 'month', 'quarter', 'year'];
const TIME_UNITS = ['millisecond', 'second', 'minute', 'hour'];

const FIELDS: Record<string, string> = {
  year: 'year($1)',
  quarter: 'quarter($1)',
  month: 'month($1)',
  week: 'weekofyear($1)',
  week_of_year: 'weekofyear($1)',
  day: 'day($1)',
  day_of_month: 'day($1)',
  day_of_week: 'isodow($1)',
  dow: 'isodow($1)',
  day_of_year: 'dayofyear($1)',
  doy: 'dayofyear($1)',
  year_of_week: 'isoyear($1)',
  yow: 'isoyear($1)',
  hour: 'hour($1)',
  minute: 'minute($1)',
  second: 'second($1)',
  millisecond: '(millisecond($1) % 1000)',
};
const OF_TIME = new Set(['hour', 'minute', 'second', 'millisecond']);

/** `EXTRACT(field FROM x)` and the functions named like the field. */
export const extractField = (field: string, value: Typed, at: Position): Typed => {
  const template = FIELDS[field];
  if (template === undefined) throw new SqlError('', `Invalid EXTRACT field: ${field}`, at);
  const { k } = value.type;
  if (k === 'unknown') return { sql: 'CAST(NULL AS BIGINT)', type: BIGINT };
  const known = k === 'timestamp' || k === 'timestamptz' || (k === 'date' && !OF_TIME.has(field));
  if (!known) throw new SqlError('TYPE_MISMATCH', `Cannot extract ${field} from ${typeName(value.type)}`, at);
  return { sql: `CAST(${template.replaceAll('$1', localTime(value, at))} AS BIGINT)`, type: BIGINT };
};

const fieldFunction =
  (field: string): Builder =>
  (call, context) =>
    extractField(field, analyzeArguments(call, context, [1])[0] as Typed, call.at);

const isMoment = (type: Type) => ['date', 'timestamp', 'timestamptz'].includes(type.k);

/** The unit argument, which must be a literal the type has. */
const unitOf = (unit: Typed, value: Typed, call: CallNode): string => {
  const text = constantText(unit, 'the unit', call.at).toLowerCase();
  if (!isMoment(value.type)) {
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected parameters (varchar, ${typeName(value.type)}) for function ${call.name}`,
      call.at,
    );
  }
  const allowed = value.type.k === 'date' ? DATE_UNITS : [...DATE_UNITS, ...TIME_UNITS];
  if (allowed.includes(text)) return text;
  const kind = value.type.k === 'date' ? 'DATE' : 'TIMESTAMP';
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${text}' is not a valid ${kind} field`, call.at);
};

/** Gives the wall clock's result back the type, and the zone, of the value it came from. */
const likeValue = (sql: string, value: Typed): Typed => {
  if (value.type.k === 'date') return { sql: `CAST(${sql} AS DATE)`, type: DATE };
  if (value.type.k === 'timestamp') return { sql, type: value.type };
  return { sql: fromZone(sql, (value.type as { zone?: string }).zone ?? 'UTC'), type: value.type };
};

const dateTrunc: Builder = (call, context) => {
  const [unit, value] = analyzeArguments(call, context, [2]) as [Typed, Typed];
  return likeValue(`date_trunc('${unitOf(unit, value, call)}', ${localTime(value, call.at)})`, value);
};

const dateAdd: Builder = (call, context) => {
  const [unit, amount, value] = analyzeArguments(call, context, [3]) as [Typed, Typed, Typed];
  const name = unitOf(unit, value, call);
  const count = coerce(amount, BIGINT, context.analysis);
  const by = `to_${name === 'quarter' ? 'month' : name}s(CAST(${name === 'quarter' ? `3 * ${count}` : count} AS ${name.endsWith('second') || name === 'minute' || name === 'hour' ? 'BIGINT' : 'INTEGER'}))`;
  if (TIME_UNITS.includes(name)) return { sql: `(${value.sql} + ${by})`, type: value.type };
  return likeValue(`(${localTime(value, call.at)} + ${by})`, value);
};

const dateDiff: Builder = (call, context) => {
  const [unit, from, to] = analyzeArguments(call, context, [3]) as [Typed, Typed, Typed];
  const type = commonType(from.type, to.type);
  if (!type || !isMoment(type))
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function date_diff`, call.at);
  const [a, b] = [from, to].map((value) => localOf(value, type, from, context, call.at));
  return { sql: `date_sub('${unitOf(unit, { sql: '', type }, call)}', ${a}, ${b})`, type: BIGINT };
};

/** Both ends on the wall clock of the first one's zone. */
const localOf = (value: Typed, type: Type, first: Typed, { analysis }: Context, at: Position): string => {
  if (type.k !== 'timestamptz') return coerce(value, type, analysis);
  const zone = first.type.k === 'timestamptz' ? first.type.zone : 'UTC';
  return localTime(
    { sql: coerce(value, type, analysis), type: { ...type, ...(zone !== undefined && { zone }) } },
    at,
  );
};

const date: Builder = (call, context) => {
  const [value] = analyzeArguments(call, context, [1]) as [Typed];
  return { sql: coerce(value, DATE, context.analysis, call.at), type: DATE };
};

const fromUnixtime: Builder = (call, context) => {
  const [seconds, zone] = analyzeArguments(call, context, [1, 2]);
  const value = coerce(seconds as Typed, DOUBLE, context.analysis);
  const name = zone ? zoneName(constantText(zone, 'the time zone', call.at), call.at) : 'UTC';
  const sql = `(epoch_ms(CAST(round(${value} * 1000) AS BIGINT)) AT TIME ZONE 'UTC')`;
  return { sql, type: { k: 'timestamptz', p: 3, zone: name } };
};

const fromIso: Builder = (call, context) => {
  const [value] = analyzeArguments(call, context, [1]) as [Typed];
  const text = coerce(value, VARCHAR, context.analysis);
  const offset = /([+-]\d{2}:\d{2})$/.exec(value.text ?? '')?.[1];
  const zone = offset === undefined ? 'UTC' : zoneName(offset, call.at);
  const form = zone === 'UTC' ? ISO : ISO.replace('(Z|[+]00:00)?', '[+-][0-9]{2}:[0-9]{2}');
  const failure = NOT_UTC.replaceAll('$1', text);
  return {
    sql: `CASE WHEN ${text} IS NULL OR regexp_full_match(${text}, '${form}') THEN CAST(${text} AS TIMESTAMPTZ) ELSE ${failure} END`,
    type: { k: 'timestamptz', p: 3, zone },
  };
};

const toIso: Builder = (call, context) => {
  const [value] = analyzeArguments(call, context, [1]) as [Typed];
  const { type } = value;
  if (type.k === 'date') return { sql: `CAST(${value.sql} AS VARCHAR)`, type: VARCHAR };
  if (type.k !== 'timestamp' && type.k !== 'timestamptz') {
    throw new SqlError(
      'FUNCTION_NOT_FOUND',
      `Unexpected parameters (${typeName(type)}) for function to_iso8601`,
      call.at,
    );
  }
  const text = `replace(${timestampText(localTime(value, call.at), type.p)}, ' ', 'T')`;
  if (type.k === 'timestamp') return { sql: text, type: VARCHAR };
  const zone = type.zone === 'UTC' ? 'Z' : type.zone;
  if (zone === undefined || !/^(Z|[+-].*)$/.test(zone))
    throw notTranslated('to_iso8601 of a named time zone', call.at);
  return { sql: `(${text} || '${zone}')`, type: VARCHAR };
};

const inZone: Builder = (call, context) => {
  const [value, zoneArg] = analyzeArguments(call, context, [2]) as [Typed, Typed];
  const zone = zoneName(constantText(zoneArg, 'the time zone', call.at), call.at);
  const p = 'p' in value.type && value.type.k !== 'decimal' ? value.type.p : 3;
  const type: Type = { k: 'timestamptz', p, zone };
  if (value.type.k === 'timestamptz' && call.name === 'at_timezone') return { sql: value.sql, type };
  if (value.type.k === 'timestamp' && call.name === 'with_timezone')
    return { sql: fromZone(value.sql, zone), type };
  throw new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${typeName(value.type)}, varchar) for function ${call.name}`,
    call.at,
  );
};

type Formats = (pattern: string, direction: 'print' | 'parse', at: Position) => string;

const printed =
  (formats: Formats): Builder =>
  (call, context) => {
    const [value, pattern] = analyzeArguments(call, context, [2]) as [Typed, Typed];
    if (!isMoment(value.type)) {
      throw new SqlError(
        'FUNCTION_NOT_FOUND',
        `Unexpected parameters (${typeName(value.type)}, varchar) for function ${call.name}`,
        call.at,
      );
    }
    const format = formats(constantText(pattern, 'the format', call.at), 'print', call.at);
    return {
      sql: `strftime(${localTime(value, call.at)}, '${format.replaceAll("'", "''")}')`,
      type: VARCHAR,
    };
  };

const parsed =
  (formats: Formats, type: Type): Builder =>
  (call, context) => {
    const [value, pattern] = analyzeArguments(call, context, [2]) as [Typed, Typed];
    const format = formats(constantText(pattern, 'the format', call.at), 'parse', call.at);
    const text = coerce(value, VARCHAR, context.analysis);
    const failure = raiseText(`'INVALID_FUNCTION_ARGUMENT: Invalid format: "' || ${text} || '"'`, TIMESTAMP);
    const time = `try_strptime(${text}, '${format.replaceAll("'", "''")}')`;
    const checked = `CASE WHEN ${text} IS NULL THEN NULL WHEN ${time} IS NULL THEN ${failure} ELSE ${time} END`;
    return type.k === 'timestamptz'
      ? { sql: `(${checked} AT TIME ZONE 'UTC')`, type }
      : { sql: checked, type };
  };

export const DATETIME_FUNCTIONS: Functions = {
  signatures: DATETIME,
  builders: {
    ...Object.fromEntries(Object.keys(FIELDS).map((field) => [field, fieldFunction(field)])),
    now: (call, { analysis }) => nowValue('current_timestamp', undefined, analysis.now, call.at),
    date,
    date_trunc: dateTrunc,
    date_add: dateAdd,
    date_diff: dateDiff,
    from_unixtime: fromUnixtime,
    from_iso8601_timestamp: fromIso,
    to_iso8601: toIso,
    at_timezone: inZone,
    with_timezone: inZone,
    date_format: printed(mysqlFormat),
    date_parse: parsed(mysqlFormat, TIMESTAMP),
    format_datetime: printed(jodaFormat),
    parse_datetime: parsed(jodaFormat, UTC),
  },
};
