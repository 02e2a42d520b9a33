import { SqlError } from '../sql/error.ts';
import { commonType, typeName, UNKNOWN, type Type } from '../sql/types.ts';
import { coerce } from '../analyze/cast.ts';
import { compare } from '../analyze/operators.ts';
import { textLiteral } from '../analyze/resolve.ts';
import type { Typed } from '../analyze/scope.ts';
import { analyzeArguments, type Builder, type CallNode, type Functions } from './signature.ts';

const shared = (values: readonly Typed[], call: CallNode): Type => {
  const type = values.reduce<Type | undefined>((a, value) => a && commonType(a, value.type), UNKNOWN);
  if (type) return type;
  const names = values.map((value) => typeName(value.type)).join(', ');
  throw new SqlError(
    'TYPE_MISMATCH',
    `All ${call.name.toUpperCase()} operands must be the same type or coercible to a common type: ${names}`,
    call.at,
  );
};

const coalesce: Builder = (call, context) => {
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  if (values.length < 2)
    throw new SqlError('', 'The "coalesce" function must have at least two arguments', call.at);
  const type = shared(values, call);
  return {
    sql: `coalesce(${values.map((value) => coerce(value, type, context.analysis)).join(', ')})`,
    type,
  };
};

const conditional: Builder = (call, context) => {
  const [test, ...results] = analyzeArguments(call, context, [2, 3]) as [Typed, ...Typed[]];
  if (test.type.k !== 'boolean' && test.type.k !== 'unknown') {
    throw new SqlError(
      'TYPE_MISMATCH',
      `IF condition must evaluate to a boolean: actual type ${typeName(test.type)}`,
      call.at,
    );
  }
  const type = shared(results, call);
  const [then, otherwise] = results.map((result) => coerce(result, type, context.analysis));
  return {
    sql: `CASE WHEN ${test.sql} THEN ${then}${otherwise === undefined ? '' : ` ELSE ${otherwise}`} END`,
    type,
  };
};

const nullIf: Builder = (call, context) => {
  const [value, other] = analyzeArguments(call, context, [2]) as [Typed, Typed];
  const equal = compare('=', value, other, context.analysis, call.at).sql;
  return { sql: `CASE WHEN ${equal} THEN NULL ELSE ${value.sql} END`, type: value.type };
};

/** TRY turns a failing row into NULL; DuckDB's does the same. */
const attempt: Builder = (call, context) => {
  const [value] = analyzeArguments(call, context, [1]) as [Typed];
  return { sql: `TRY(${value.sql})`, type: value.type };
};

const typeOf: Builder = (call, context) =>
  textLiteral(typeName((analyzeArguments(call, context, [1]) as [Typed])[0].type));

export const CONDITIONAL_FUNCTIONS: Functions = {
  signatures: new Map(),
  builders: { coalesce, if: conditional, nullif: nullIf, try: attempt, typeof: typeOf },
};
