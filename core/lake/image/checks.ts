import type * as z from 'zod';
import { checksOf, definition } from '../../schema/field-type.ts';
import { IDENTIFIER } from '../../schema/fields.ts';

/** A rule of a schema as a function; it may refuse what the schema takes, never the reverse. */
export type Predicate<T> = (value: T) => boolean;

interface Check {
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
  readonly value?: number | bigint;
  readonly inclusive?: boolean;
  readonly coerce?: boolean;
}

type Compile<T> = (check: Check) => Predicate<T> | undefined;

/** Formats of which Zod asks nothing but their pattern. */
const PATTERN_FORMATS = new Set(['regex', 'email', 'uuid', 'date']);

const pattern: Compile<string> = ({ format = '', pattern: rule }) =>
  PATTERN_FORMATS.has(format) && rule && !rule.global && !rule.sticky ? (text) => rule.test(text) : undefined;

const lengthRules: Readonly<Record<string, Compile<{ readonly length: number }>>> = {
  min_length:
    ({ minimum = Infinity }) =>
    ({ length }) =>
      length >= minimum,
  max_length:
    ({ maximum = -Infinity }) =>
    ({ length }) =>
      length <= maximum,
};

const stringRules: Readonly<Record<string, Compile<string>>> = { ...lengthRules, string_format: pattern };

const numberRules: Readonly<Record<string, Compile<number>>> = {
  greater_than:
    ({ value = Infinity, inclusive = false }) =>
    (number) =>
      inclusive ? number >= value : number > value,
  less_than:
    ({ value = -Infinity, inclusive = false }) =>
    (number) =>
      inclusive ? number <= value : number < value,
  number_format: ({ format }) => (format === 'safeint' ? Number.isSafeInteger : undefined),
};

const defsOf = (schema: z.core.$ZodType): Check[] => checksOf(schema).map(({ def }) => def as Check);

const compileRules =
  <T>(rules: Readonly<Record<string, Compile<T>>>) =>
  (schema: z.core.$ZodType): Predicate<T> | undefined => {
    if (definition(schema).coerce) return undefined;
    const predicates: Predicate<T>[] = [];
    for (const check of defsOf(schema)) {
      const rule = Object.hasOwn(rules, check.check ?? '') ? rules[check.check ?? '']?.(check) : undefined;
      if (!rule) return undefined;
      predicates.push(rule);
    }
    return all(predicates);
  };

const all = <T>(predicates: readonly Predicate<T>[]): Predicate<T> => {
  const [first, second] = predicates;
  if (!first) return () => true;
  if (!second) return first;
  if (predicates.length === 2) return (value) => first(value) && second(value);
  return (value) => predicates.every((predicate) => predicate(value));
};

/** All rules of a string schema in one function, or `undefined` when one of them is only known to Zod. */
export const stringRule = compileRules(stringRules);
/** All rules of a number schema, as `stringRule`. */
export const numberRule = compileRules(numberRules);
/** All rules of an array schema on its length, as `stringRule`. */
export const arrayRule = compileRules<{ readonly length: number }>(lengthRules);

/** Whether a string schema is `id()` and asks nothing else. */
export const isIdentifier = (schema: z.core.$ZodType): boolean => {
  const checks = defsOf(schema);
  return checks.length === 1 && checks[0]?.pattern === IDENTIFIER;
};
