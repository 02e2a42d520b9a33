/** What an intrinsic function may ask of the stack it stands in. */
export interface Scope {
  /** What `Ref` gives: of a parameter, a pseudo parameter or a resource. `undefined` is `AWS::NoValue`. */
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  importValue(exportName: string): unknown;
  mapping(map: string, key: string, second: string): unknown;
  condition(name: string): boolean;
}

type Intrinsic = (argument: never, scope: Scope) => unknown;

const list = (value: unknown, scope: Scope): unknown[] => resolve(value, scope) as unknown[];

const asText = (value: unknown): string => (typeof value === 'string' ? value : String(value));

const join: Intrinsic = ([separator, parts]: [string, unknown], scope) =>
  list(parts, scope).map(asText).join(separator);

const getAtt: Intrinsic = (argument: string | [string, string], scope) => {
  const [logicalId, ...rest] = typeof argument === 'string' ? argument.split('.') : argument;
  return scope.attribute(logicalId as string, rest.join('.'));
};

const substitute: Intrinsic = (argument: string | [string, Record<string, unknown>], scope) => {
  const [text, variables] =
    typeof argument === 'string' ? [argument, {} as Record<string, unknown>] : argument;
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return asText(resolve(variables[name], scope));
    return asText(name.includes('.') ? getAtt(name as never, scope) : scope.ref(name));
  });
};

const choose: Intrinsic = ([condition, yes, no]: [string, unknown, unknown], scope) =>
  resolve(scope.condition(condition) ? yes : no, scope);

const findInMap: Intrinsic = (keys: unknown[], scope) => {
  const [map, key, second] = keys.map((part) => asText(resolve(part, scope)));
  return scope.mapping(map ?? '', key ?? '', second ?? '');
};

const truth = (value: unknown, scope: Scope): boolean => {
  const named =
    typeof value === 'object' && value !== null && 'Condition' in value ? value.Condition : undefined;
  if (typeof named === 'string') return scope.condition(named);
  return [true, 'true'].includes(resolve(value, scope) as boolean | string);
};

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name: string, scope) => scope.ref(name),
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': ([index, parts]: [unknown, unknown], scope) =>
    list(parts, scope)[Number(resolve(index, scope))],
  'Fn::Split': ([separator, text]: [string, unknown], scope) => asText(resolve(text, scope)).split(separator),
  'Fn::ImportValue': (name: unknown, scope) => scope.importValue(asText(resolve(name, scope))),
  'Fn::If': choose,
  'Fn::FindInMap': findInMap,
  'Fn::Base64': (text: unknown, scope) => Buffer.from(asText(resolve(text, scope))).toString('base64'),
  'Fn::Equals': ([left, right]: [unknown, unknown], scope) =>
    asText(resolve(left, scope)) === asText(resolve(right, scope)),
  'Fn::And': (parts: unknown[], scope) => parts.every((part) => truth(part, scope)),
  'Fn::Or': (parts: unknown[], scope) => parts.some((part) => truth(part, scope)),
  'Fn::Not': ([part]: [unknown], scope) => !truth(part, scope),
};

const resolveObject = (node: Readonly<Record<string, unknown>>, scope: Scope): unknown => {
  const entries = Object.entries(node);
  const [name, argument] = entries[0] ?? ['', undefined];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = intrinsics[name];
    if (!intrinsic) throw new Error(`The local cloud does not resolve the intrinsic function ${name}.`);
    return intrinsic(argument as never, scope);
  }
  const resolved = entries.map(([key, value]) => [key, resolve(value, scope)] as const);
  return Object.fromEntries(resolved.filter(([, value]) => value !== undefined));
};

/**
 * A template value with every intrinsic function replaced by what it gives; `AWS::NoValue` leaves nothing.
 * Throws Error that names an intrinsic it does not know.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 *
 * @example
 * resolve({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, scope) // a-us-east-1
 */
export const resolve = (node: unknown, scope: Scope): unknown => {
  if (Array.isArray(node))
    return node.map((part) => resolve(part, scope)).filter((part) => part !== undefined);
  if (typeof node === 'object' && node !== null) return resolveObject(node as Record<string, unknown>, scope);
  return node;
};

/** The truth of a template condition. */
export const resolveCondition = (node: unknown, scope: Scope): boolean => truth(node, scope);
