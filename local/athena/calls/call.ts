import { notTranslated, SqlError } from '../sql/error.ts';
import { BIGINT } from '../sql/types.ts';
import { orderBySource } from '../analyze/order.ts';
import type { Context, Typed } from '../analyze/scope.ts';
import { AGGREGATES, type Aggregate, type Write } from './aggregates.ts';
import { COLLECTION_FUNCTIONS } from './collections.ts';
import { CONDITIONAL_FUNCTIONS } from './conditional.ts';
import { DATETIME_FUNCTIONS } from './datetime.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { applySignature, type Builder, type CallNode, type Signature } from './signature.ts';
import { TEXT_FUNCTIONS } from './text.ts';
import { TRINO_FUNCTIONS } from './trino-names.ts';
import { isRanking, overSql, ranking } from './windows.ts';

const GROUPS = [
  TEXT_FUNCTIONS,
  MATH_FUNCTIONS,
  DATETIME_FUNCTIONS,
  COLLECTION_FUNCTIONS,
  JSON_FUNCTIONS,
  CONDITIONAL_FUNCTIONS,
];

/** Builds a call of any function on the list of those known to agree; every other one is refused. */
export const callFunction = (call: CallNode, context: Context): Typed => {
  const { name } = call;
  if (isRanking(name)) return ranking(call, context);
  if (name === 'grouping') return grouping(call, context);
  const aggregate = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (aggregate) return aggregated(call, aggregate, context);
  const scalar = builderOf(call) ?? signaturesOf(call);
  if (!scalar) throw unknownFunction(call);
  if (call.over || call.filter || call.distinct || call.star || call.orderBy || call.withinGroup) {
    throw new SqlError('FUNCTION_NOT_AGGREGATE', `Function ${name} is not an aggregate function`, call.at);
  }
  return scalar(context);
};

type Scalar = (context: Context) => Typed;

const builderOf = (call: CallNode): Scalar | undefined => {
  for (const key of [`${call.name}/${call.args.length}`, call.name]) {
    const group = GROUPS.find(({ builders }) => Object.hasOwn(builders, key));
    if (group) return (context) => (group.builders[key] as Builder)(call, context);
  }
  return undefined;
};

const signaturesOf = (call: CallNode): Scalar | undefined => {
  const candidates = GROUPS.flatMap(
    ({ signatures }): readonly Signature[] => signatures.get(call.name) ?? [],
  );
  return candidates.length === 0 ? undefined : (context) => applySignature(call, candidates, context);
};

const unknownFunction = (call: CallNode) =>
  TRINO_FUNCTIONS.has(call.name)
    ? notTranslated(`function ${call.name}`, call.at)
    : new SqlError('FUNCTION_NOT_FOUND', `Function '${call.name}' not registered`, call.at);

const aggregated = (call: CallNode, aggregate: Aggregate, context: Context): Typed => {
  if (call.ignoreNulls) throw notTranslated(`${call.name} with IGNORE NULLS`, call.at);
  if (call.star && call.name !== 'count') throw unknownFunction({ ...call, name: `${call.name}(*)` });
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  return aggregate(values, writer(call, context), context, call);
};

const writer = (call: CallNode, context: Context): Write => {
  const order = orderBySource(call.withinGroup ?? call.orderBy ?? [], context);
  const filter = call.filter && context.analysis.expression(call.filter, context.scope).sql;
  const over = call.over ? overSql(call.over, call, context) : '';
  return (duck, args, extra) => {
    const tests = [filter, extra?.filter].filter((test) => test !== undefined);
    const where = tests.length > 0 ? ` FILTER (WHERE ${tests.join(' AND ')})` : '';
    return `${duck}(${call.distinct ? 'DISTINCT ' : ''}${args.join(', ')}${order})${where}${over}`;
  };
};

const grouping = (call: CallNode, { analysis, scope }: Context): Typed => {
  const columns = call.args.map((arg) => analysis.expression(arg, scope).sql);
  return { sql: `CAST(grouping(${columns.join(', ')}) AS BIGINT)`, type: BIGINT };
};
