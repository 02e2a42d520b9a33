import type { Expression } from '../sql/ast.ts';
import { notTranslated, SqlError, type Position } from '../sql/error.ts';
import {
  BOOLEAN,
  commonType,
  duckType,
  fieldKey,
  quoteName,
  typeName,
  UNKNOWN,
  type Type,
} from '../sql/types.ts';
import { callFunction } from '../calls/call.ts';
import { castSql, coerce } from './cast.ts';
import {
  binaryLiteral,
  intervalLiteral,
  nowValue,
  numberLiteral,
  timestampLiteral,
  typedLiteral,
} from './literal.ts';
import { arithmetic, compare, concatenate, negate, unified } from './operators.ts';
import { constantText, field, resolve, textLiteral } from './resolve.ts';
import type { Context, Typed } from './scope.ts';
import { subscript } from './subscript.ts';
import { extractField } from '../calls/datetime.ts';
import { zoneName } from './zone.ts';

type Of<K extends Expression['kind'], E extends Expression = Expression> = E extends Expression
  ? [K & E['kind']] extends [never]
    ? never
    : E
  : never;
type Handlers = { [K in Expression['kind']]: (value: Of<K>, context: Context) => Typed };

/** Gives an expression its Trino type and its DuckDB text; throws Trino's error where it has none. */
export const analyzeExpression = (value: Expression, context: Context): Typed =>
  (HANDLERS[value.kind] as (value: Expression, context: Context) => Typed)(value, context);

const of = (value: Expression, { analysis, scope }: Context) => analysis.expression(value, scope);

/** A boolean, as WHERE, AND and the like need one. */
export const condition = (value: Expression, context: Context, where: string): string => {
  const typed = of(value, context);
  if (typed.type.k === 'boolean') return typed.sql;
  if (typed.type.k === 'unknown') return 'CAST(NULL AS BOOLEAN)';
  throw new SqlError(
    'TYPE_MISMATCH',
    `${where} must evaluate to a boolean: actual type ${typeName(typed.type)}`,
    value.at,
  );
};

const truth = (sql: string): Typed => ({ sql, type: BOOLEAN });

const negated = (not: boolean, sql: string) => truth(not ? `(NOT ${sql})` : sql);

/** The type all values share, or Trino's error. */
export const sharedType = (values: readonly Typed[], what: string, at: Position): Type => {
  let type: Type = UNKNOWN;
  for (const value of values) {
    const next = commonType(type, value.type);
    if (!next) {
      const names = `${typeName(type)}, ${typeName(value.type)}`;
      throw new SqlError(
        'TYPE_MISMATCH',
        `${what} must be the same type or coercible to a common type: ${names}`,
        at,
      );
    }
    type = next;
  }
  return type;
};

const analyzeCase = (value: Of<'case'>, context: Context): Typed => {
  const results = [...value.whens.map((when) => when.result), ...(value.otherwise ? [value.otherwise] : [])];
  const typed = results.map((result) => of(result, context));
  const type = sharedType(typed, 'All CASE results', value.at);
  const operand = value.operand && of(value.operand, context);
  const whens = value.whens.map((when, index) => {
    const test = operand
      ? compare('=', operand, of(when.when, context), context.analysis, when.when.at).sql
      : condition(when.when, context, 'CASE WHEN clause');
    return `WHEN ${test} THEN ${coerce(typed[index] as Typed, type, context.analysis)}`;
  });
  const otherwise = value.otherwise ? ` ELSE ${coerce(typed.at(-1) as Typed, type, context.analysis)}` : '';
  return { sql: `CASE ${whens.join(' ')}${otherwise} END`, type };
};

const analyzeRow = (value: Of<'row' | 'array'>, context: Context): Typed => {
  const items = value.items.map((item) => of(item, context));
  if (value.kind === 'array') {
    const type = sharedType(items, 'All ARRAY elements', value.at);
    const list = `[${items.map((item) => coerce(item, type, context.analysis)).join(', ')}]`;
    return { sql: `CAST(${list} AS ${duckType(type)}[])`, type: { k: 'array', of: type } };
  }
  const fields = items.map((item) => ({ type: item.type }));
  const pack = items.map(
    (item, index) => `${quoteName(fieldKey({ type: item.type }, index))} := ${item.sql}`,
  );
  return { sql: `struct_pack(${pack.join(', ')})`, type: { k: 'row', fields } };
};

const analyzeIn = (value: Of<'in'>, context: Context): Typed => {
  const needle = of(value.value, context);
  const list = value.list.map((item) => of(item, context));
  const { analysis } = context;
  if (needle.type.k === 'row') {
    const tests = list.map((item) => compare('=', needle, item, analysis, value.at).sql);
    return negated(value.not, `(${tests.join(' OR ')})`);
  }
  const type = sharedType([needle, ...list], 'IN value and list items', value.at);
  if (['array', 'map', 'json'].includes(type.k)) throw notTranslated(`IN over ${typeName(type)}`, value.at);
  const items = list.map((item) => coerce(item, type, analysis)).join(', ');
  return negated(value.not, `(${coerce(needle, type, analysis)} IN (${items}))`);
};

/** A subquery of one column, whose values are read as the type they share with `value`. */
const oneColumn = (value: Of<'inQuery' | 'quantified'>, context: Context): [string, string] => {
  const left = of(value.value, context);
  const planned = context.analysis.query(value.query, context.scope, context.scope.names);
  const [column] = planned.columns;
  if (!column || planned.columns.length !== 1) {
    throw new SqlError(
      'TYPE_MISMATCH',
      'Multiple columns returned by subquery are not yet supported',
      value.at,
    );
  }
  const q = context.analysis.fresh('q');
  const [a, b] = unified('=', left, { sql: `${q}.c0`, type: column.type }, context.analysis, value.at);
  return [a, `(SELECT ${b} FROM (${planned.sql}) AS ${q})`];
};

const analyzeQuantified = (value: Of<'quantified'>, context: Context): Typed => {
  const [left, query] = oneColumn(value, context);
  return truth(`(${left} ${value.op} ${value.quantifier} ${query})`);
};

const analyzeSubquery = (value: Of<'exists' | 'subquery'>, context: Context): Typed => {
  const planned = context.analysis.query(value.query, context.scope, context.scope.names);
  if (value.kind === 'exists') return truth(`EXISTS (${planned.sql})`);
  const [column] = planned.columns;
  if (!column || planned.columns.length !== 1)
    throw notTranslated('a scalar subquery of several columns', value.at);
  return { sql: `(${planned.sql})`, type: column.type };
};

const analyzeLike = (value: Of<'like'>, context: Context): Typed => {
  const parts = [value.value, value.pattern, ...(value.escape ? [value.escape] : [])].map((part) =>
    of(part, context),
  );
  const [text, pattern, escape] = parts.map((part) => {
    if (part.type.k === 'varchar' || part.type.k === 'unknown')
      return coerce(part, { k: 'varchar' }, context.analysis);
    throw new SqlError(
      'TYPE_MISMATCH',
      `LIKE must be over varchar: actual type ${typeName(part.type)}`,
      value.at,
    );
  });
  return negated(value.not, `(${text} LIKE ${pattern}${escape === undefined ? '' : ` ESCAPE ${escape}`})`);
};

const analyzeZone = (value: Of<'atTimeZone'>, context: Context): Typed => {
  const moment = of(value.value, context);
  const zone = zoneName(constantText(of(value.zone, context), 'the time zone', value.at), value.at);
  const { type } = moment;
  if (type.k === 'timestamptz') return { sql: moment.sql, type: { ...type, zone } };
  if (type.k !== 'timestamp')
    throw new SqlError('TYPE_MISMATCH', `Cannot apply AT TIME ZONE to ${typeName(type)}`, value.at);
  return { sql: `(${moment.sql} AT TIME ZONE 'UTC')`, type: { k: 'timestamptz', p: type.p, zone } };
};

const analyzeCast = (value: Of<'cast'>, context: Context): Typed => {
  const typed = of(value.value, context);
  const sql = castSql(typed, value.type, context.analysis, value.at);
  const type = value.type.k === 'timestamptz' ? zoned(value.type, typed) : value.type;
  return { sql: value.safe ? `TRY(${sql})` : sql, type };
};

const zoned = (to: Type & { k: 'timestamptz' }, from: Typed): Type => ({
  ...to,
  ...(from.type.k === 'timestamptz'
    ? from.type.zone !== undefined && { zone: from.type.zone }
    : { zone: 'UTC' }),
});

const logical = (value: Of<'logical'>, context: Context): Typed =>
  truth(
    `(${condition(value.left, context, 'Logical expression term')} ${value.op} ${condition(value.right, context, 'Logical expression term')})`,
  );

const between = (value: Of<'between'>, context: Context): Typed => {
  const typed = of(value.value, context);
  const low = compare('>=', typed, of(value.low, context), context.analysis, value.at).sql;
  const high = compare('<=', typed, of(value.high, context), context.analysis, value.at).sql;
  return negated(value.not, `(${low} AND ${high})`);
};

const distinct = (value: Of<'distinctFrom'>, context: Context): Typed => {
  const [a, b] = unified(
    'IS DISTINCT FROM',
    of(value.left, context),
    of(value.right, context),
    context.analysis,
    value.at,
  );
  return truth(`(${a} IS ${value.not ? 'NOT ' : ''}DISTINCT FROM ${b})`);
};

const operation = (value: Of<'arithmetic'>, context: Context): Typed => {
  const [left, right] = [of(value.left, context), of(value.right, context)];
  if (value.op === '||') return concatenate([left, right], context.analysis, value.at);
  return arithmetic(value.op, left, right, context.analysis, value.at);
};

const HANDLERS: Handlers = {
  null: () => ({ sql: 'NULL', type: UNKNOWN }),
  boolean: (value) => truth(value.value ? 'TRUE' : 'FALSE'),
  string: (value) => textLiteral(value.value),
  number: (value) => numberLiteral(value.value, value.at),
  binary: (value) => binaryLiteral(value.value, value.at),
  typed: (value, { analysis }) => typedLiteral(value.type, value.value, analysis, value.at),
  timestamp: (value) => timestampLiteral(value.value, value.at),
  time: (value) => {
    throw notTranslated('TIME values', value.at);
  },
  interval: (value) => intervalLiteral(value),
  name: (value, { scope }) => resolve(value, scope) as Typed,
  member: (value, context) =>
    resolve(value, context.scope) ?? field(of(value.base, context), value.field, value.at),
  subscript: (value, context) => subscript(of(value.base, context), of(value.index, context), value, context),
  call: (value, context) => callFunction(value, context),
  lambda: (value) => {
    throw new SqlError('', 'Lambda expression should always be used inside a function', value.at);
  },
  row: analyzeRow,
  array: analyzeRow,
  case: analyzeCase,
  cast: analyzeCast,
  negate: (value, context) => negate(of(value.value, context), value.at),
  plus: (value, context) => of(value.value, context),
  not: (value, context) =>
    truth(`(NOT ${condition(value.value, context, 'Value of logical NOT expression')})`),
  arithmetic: operation,
  compare: (value, context) =>
    compare(value.op, of(value.left, context), of(value.right, context), context.analysis, value.at),
  logical,
  between,
  in: analyzeIn,
  inQuery: (value, context) => {
    const [left, query] = oneColumn(value, context);
    return negated(value.not, `(${left} IN ${query})`);
  },
  like: analyzeLike,
  isNull: (value, context) => truth(`(${of(value.value, context).sql} IS ${value.not ? 'NOT ' : ''}NULL)`),
  distinctFrom: distinct,
  exists: analyzeSubquery,
  subquery: analyzeSubquery,
  quantified: analyzeQuantified,
  atTimeZone: analyzeZone,
  extract: (value, context) => extractField(value.field, of(value.value, context), value.at),
  now: (value, { analysis }) => nowValue(value.name, value.precision, analysis.now, value.at),
};
