import type { Call, Expression, Lambda } from '../sql/ast.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { parseSignature } from '../sql/parse-type.ts';
import { commonType, typeName, UNKNOWN, type Type } from '../sql/types.ts';
import { coerce, coercible } from '../analyze/cast.ts';
import { lambdaScope } from '../analyze/resolve.ts';
import type { Context, Typed } from '../analyze/scope.ts';

export interface Signature {
  readonly name: string;
  readonly args: readonly Type[];
  readonly returns: Type;
  /** DuckDB text: `$1` is the first argument, `#x` a name nothing else has. */
  readonly template: string;
}

export type CallNode = Call & { readonly at: Position };

/** What builds a call that no signature describes. */
export type Builder = (call: CallNode, context: Context) => Typed;

export interface Functions {
  readonly signatures: ReadonlyMap<string, readonly Signature[]>;
  readonly builders: Readonly<Record<string, Builder>>;
}

/** Reads lines of `signature = template`; alternatives of one name are tried in order. */
export const signatures = (text: string): Map<string, Signature[]> => {
  const byName = new Map<string, Signature[]>();
  for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const cut = line.indexOf(' = ');
    const signature = { ...parseSignature(line.slice(0, cut)), template: line.slice(cut + 3).trim() };
    byName.set(signature.name, [...(byName.get(signature.name) ?? []), signature]);
  }
  return byName;
};

type Bindings = Map<string, Type>;

/** Builds a call from the first signature its arguments coerce to with the fewest coercions. */
export const applySignature = (call: CallNode, candidates: readonly Signature[], context: Context): Typed => {
  const values = call.args.map((arg) =>
    arg.kind === 'lambda' ? undefined : context.analysis.expression(arg, context.scope),
  );
  let best: { signature: Signature; bindings: Bindings; cost: number } | undefined;
  for (const signature of candidates) {
    const match = matchArguments(signature, values);
    if (match && (!best || match.cost < best.cost)) best = { signature, ...match };
  }
  if (!best) throw unexpected(call, values, candidates);
  return build(call, best.signature, values, best.bindings, context);
};

const unexpected = (
  call: CallNode,
  values: readonly (Typed | undefined)[],
  candidates: readonly Signature[],
) => {
  const given = values.map((value) => (value ? typeName(value.type) : 'function')).join(', ');
  const expected = candidates.map((one) => `${one.name}(${one.args.map(typeName).join(', ')})`).join(', ');
  return new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${given}) for function ${call.name}. Expected: ${expected}`,
    call.at,
  );
};

const matchArguments = (signature: Signature, values: readonly (Typed | undefined)[]) => {
  if (signature.args.length !== values.length) return undefined;
  const bindings: Bindings = new Map();
  let cost = 0;
  for (const [index, pattern] of signature.args.entries()) {
    const value = values[index];
    if ((pattern.k === 'function') !== (value === undefined)) return undefined;
    if (value && !matches(pattern, value.type, bindings)) return undefined;
    if (value && pattern.k !== value.type.k) cost += 1;
  }
  return { bindings, cost };
};

const matches = (pattern: Type, actual: Type, bindings: Bindings): boolean => {
  if (pattern.k === 'var') {
    const common = commonType(bindings.get(pattern.name) ?? UNKNOWN, actual);
    if (common) bindings.set(pattern.name, common);
    return common !== undefined;
  }
  if (actual.k === 'unknown') return true;
  if (pattern.k === 'array') return actual.k === 'array' && matches(pattern.of, actual.of, bindings);
  if (pattern.k === 'map') {
    return (
      actual.k === 'map' &&
      matches(pattern.key, actual.key, bindings) &&
      matches(pattern.value, actual.value, bindings)
    );
  }
  return coercible(actual, pattern);
};

const substitute = (type: Type, bindings: Bindings): Type => {
  if (type.k === 'var') return bindings.get(type.name) ?? UNKNOWN;
  if (type.k === 'array') return { k: 'array', of: substitute(type.of, bindings) };
  if (type.k === 'map')
    return { k: 'map', key: substitute(type.key, bindings), value: substitute(type.value, bindings) };
  if (type.k !== 'row') return type;
  return {
    k: 'row',
    fields: type.fields.map((field) => ({ ...field, type: substitute(field.type, bindings) })),
  };
};

const build = (
  call: CallNode,
  signature: Signature,
  values: readonly (Typed | undefined)[],
  bindings: Bindings,
  context: Context,
): Typed => {
  const lambdas = signature.args.map((pattern, index) =>
    pattern.k === 'function'
      ? lambdaSql(call.args[index] as Expression, pattern, bindings, context)
      : undefined,
  );
  const texts = signature.args.map((pattern, index) => {
    const value = values[index];
    return value
      ? coerce(value, substitute(pattern, bindings), context.analysis, call.at)
      : (lambdas[index] as string);
  });
  return { sql: fill(signature.template, texts, context), type: substitute(signature.returns, bindings) };
};

const lambdaSql = (
  arg: Expression,
  pattern: Type & { k: 'function' },
  bindings: Bindings,
  context: Context,
): string => {
  const lambda = analyzeLambda(
    arg as Expression & Lambda,
    pattern.args.map((type) => substitute(type, bindings)),
    context,
  );
  if (!matches(pattern.returns, lambda.body.type, bindings)) {
    throw new SqlError(
      'TYPE_MISMATCH',
      `Unexpected lambda result type ${typeName(lambda.body.type)}`,
      arg.at,
    );
  }
  return `lambda ${lambda.names.join(', ')}: ${lambda.body.sql}`;
};

/** A lambda's body, its parameters being values of these types under fresh names, or under the given texts. */
export const analyzeLambda = (
  lambda: Expression & Lambda,
  types: readonly Type[],
  { analysis, scope }: Context,
  texts: readonly string[] = types.map(() => analysis.fresh('v')),
): { names: readonly string[]; body: Typed } => {
  if (lambda.kind !== 'lambda' || lambda.parameters.length !== types.length) {
    throw new SqlError(
      'INVALID_PARAMETER_USAGE',
      `Expected a lambda that takes ${types.length} argument(s)`,
      lambda.at,
    );
  }
  const columns = lambda.parameters.map((name, index) => ({
    name,
    sql: texts[index] as string,
    type: types[index] as Type,
  }));
  return { names: texts, body: analysis.expression(lambda.body, lambdaScope(scope, columns)) };
};

/** A template with its arguments and fresh names filled in. */
export const fill = (template: string, args: readonly string[], { analysis }: Context): string => {
  const names = new Map<string, string>();
  return template.replaceAll(/\$(\d+)|#([a-z])/g, (_, position?: string, name?: string) => {
    if (position !== undefined) return args[Number(position) - 1] as string;
    const key = name as string;
    if (!names.has(key)) names.set(key, analysis.fresh('v'));
    return names.get(key) as string;
  });
};

/** All arguments of a call, none of which may be a lambda. */
export const analyzeArguments = (call: CallNode, context: Context, counts: readonly number[]): Typed[] => {
  const values = call.args.map((arg) => context.analysis.expression(arg, context.scope));
  if (counts.includes(values.length)) return values;
  throw new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${values.map((value) => typeName(value.type)).join(', ')}) for function ${call.name}`,
    call.at,
  );
};
