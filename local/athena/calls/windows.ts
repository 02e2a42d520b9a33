import type { Bound, Frame, Window } from '../sql/ast.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { BIGINT, commonType, DOUBLE, isInteger, type Type } from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { orderBySource } from '../analyze/order.ts';
import type { Context, Typed } from '../analyze/scope.ts';
import type { CallNode } from './signature.ts';

/** The text of `OVER (…)`. */
export const overSql = (window: Window, call: CallNode, context: Context): string => {
  const { analysis, scope } = context;
  const defined = window.name === undefined ? window : scope.windows?.get(window.name);
  if (!defined)
    throw new SqlError('INVALID_WINDOW_REFERENCE', `Cannot resolve WINDOW name ${window.name}`, call.at);
  const partition = defined.partitionBy.map((value) => analysis.expression(value, scope).sql);
  const by = partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '';
  const frame = defined.frame ? frameSql(defined.frame, context) : '';
  return ` OVER (${by}${orderBySource(defined.orderBy, context)}${frame})`;
};

const frameSql = (frame: Frame, context: Context): string => {
  const end = frame.end ? boundSql(frame.end, context) : 'CURRENT ROW';
  return ` ${frame.unit} BETWEEN ${boundSql(frame.start, context)} AND ${end}`;
};

const boundSql = (bound: Bound, { analysis, scope }: Context): string => {
  if (!bound.offset) return bound.text;
  return `${analysis.expression(bound.offset, scope).sql} ${bound.text}`;
};

type Ranking = (values: readonly Typed[], call: CallNode, context: Context) => { args: string[]; type: Type };

const none =
  (type: Type): Ranking =>
  () => ({ args: [], type });

const integerArgument = (value: Typed | undefined, call: CallNode, context: Context): string => {
  if (value && isInteger(value.type)) return coerce(value, BIGINT, context.analysis);
  throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
};

const ntile: Ranking = ([buckets], call, context) => ({
  args: [integerArgument(buckets, call, context)],
  type: BIGINT,
});

const ofValue: Ranking = ([value], call) => {
  if (!value)
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  return { args: [value.sql], type: value.type };
};

const nth: Ranking = ([value, position], call, context) => {
  const base = ofValue(value ? [value] : [], call, context);
  return { args: [...base.args, integerArgument(position, call, context)], type: base.type };
};

const shifted: Ranking = ([value, offset, otherwise], call, context) => {
  if (!value)
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  if (!offset) return { args: [value.sql], type: value.type };
  const by = integerArgument(offset, call, context);
  if (!otherwise) return { args: [value.sql, by], type: value.type };
  const type = commonType(value.type, otherwise.type);
  if (!type)
    throw new SqlError('FUNCTION_NOT_FOUND', `Unexpected parameters for function ${call.name}`, call.at);
  return {
    args: [coerce(value, type, context.analysis), by, coerce(otherwise, type, context.analysis)],
    type,
  };
};

const RANKINGS: Readonly<Record<string, Ranking>> = {
  row_number: none(BIGINT),
  rank: none(BIGINT),
  dense_rank: none(BIGINT),
  percent_rank: none(DOUBLE),
  cume_dist: none(DOUBLE),
  ntile,
  lag: shifted,
  lead: shifted,
  first_value: ofValue,
  last_value: ofValue,
  nth_value: nth,
};

export const isRanking = (name: string): boolean => Object.hasOwn(RANKINGS, name);

/** A function that only exists with OVER. */
export const ranking = (call: CallNode, context: Context): Typed => {
  if (!call.over)
    throw new SqlError('MISSING_OVER', `Window function ${call.name} requires an OVER clause`, call.at);
  if (call.filter || call.distinct)
    throw notTranslated(`DISTINCT or FILTER in window function ${call.name}`, call.at);
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  const { args, type } = (RANKINGS[call.name] as Ranking)(values, call, context);
  const nulls = call.ignoreNulls ? ' IGNORE NULLS' : '';
  return { sql: `${call.name}(${args.join(', ')}${nulls})${overSql(call.over, call, context)}`, type };
};
