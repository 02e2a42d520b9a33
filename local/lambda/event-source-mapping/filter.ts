/** One filter of a mapping: whether a stream record passes it. */
export type Filter = (record: unknown) => boolean;

type Test = (value: unknown) => boolean;

/**
 * Compiles the patterns of `FilterCriteria`; a record passes when any pattern matches. Throws on a comparison it does
 * not know, so that nothing is filtered otherwise than on AWS.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export const parseFilters = (patterns: readonly string[]): readonly Filter[] =>
  patterns.map((pattern) => {
    try {
      return objectTest(JSON.parse(pattern) as object);
    } catch (error) {
      throw new Error(`The filter pattern ${pattern} cannot be used: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });

/** Whether a record passes; no filters let everything pass. */
export const passes = (filters: readonly Filter[], record: unknown): boolean =>
  filters.length === 0 || filters.some((filter) => filter(record));

const objectTest = (pattern: object): Test => {
  const tests = Object.entries(pattern).map(([key, inner]) =>
    key === '$or' ? anyOf((inner as object[]).map(objectTest)) : memberTest(key, inner as unknown),
  );
  return (value) => tests.every((test) => test(value));
};

const anyOf =
  (tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));

const memberTest = (key: string, pattern: unknown): Test => {
  const test = patternTest(pattern);
  return (value) => test(isObject(value) ? value[key] : undefined);
};

const patternTest = (pattern: unknown): Test => {
  if (Array.isArray(pattern)) {
    const test = anyOf(pattern.map(comparison));
    return (value) => (Array.isArray(value) ? value.some(test) : test(value));
  }
  if (isObject(pattern)) return objectTest(pattern);
  throw new Error(`${JSON.stringify(pattern)} must be in an array.`);
};

const comparison = (pattern: unknown): Test => {
  if (!isObject(pattern)) return (value) => value === pattern;
  const [[name, operand] = ['', undefined]] = Object.entries(pattern);
  const make = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
  if (!make) throw new Error(`The local cloud does not know the comparison "${name}".`);
  return make(operand);
};

const COMPARISONS: Readonly<Record<string, (operand: unknown) => Test>> = {
  exists: (wanted) => (value) => (value !== undefined) === wanted,
  prefix: (prefix) => (value) => typeof value === 'string' && value.startsWith(String(prefix)),
  suffix: (suffix) => (value) => typeof value === 'string' && value.endsWith(String(suffix)),
  'equals-ignore-case': (text) => (value) =>
    typeof value === 'string' && value.toLowerCase() === String(text).toLowerCase(),
  'anything-but': (operand) => {
    const excluded = anyOf([operand].flat().map(comparison));
    return (value) => value !== undefined && !excluded(value);
  },
  numeric: (operand) => numericTest(operand as readonly (string | number)[]),
};

const NUMERIC: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const numericTest = (operands: readonly (string | number)[]): Test => {
  const bounds = operands.flatMap((operator, index) => {
    if (index % 2 === 1) return [];
    const compare = NUMERIC[operator];
    if (!compare) throw new Error(`The numeric comparison "${operator}" does not exist.`);
    return [{ compare, bound: Number(operands[index + 1]) }];
  });
  return (value) => typeof value === 'number' && bounds.every(({ compare, bound }) => compare(value, bound));
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
