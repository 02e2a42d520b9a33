import { createHash } from 'node:crypto';
import * as z from 'zod';
import { checksOf, definition, unwrap } from '../../schema/field-type.ts';
import type { LockedType, Rules } from '../lock.ts';

type Schema = z.core.$ZodType;
type Collected = { -readonly [K in keyof Rules]: Rules[K] };
// oxlint-disable-next-line typescript/no-explicit-any -- Zod's checks are a union over every check it knows
type Check = any;
type Holder = LockedType['type'];
type Collect = (check: Check, holder: Holder, rules: Collected) => void;

const higher = (rules: Collected, name: 'minLength' | 'minItems' | 'minimum', value: number): void => {
  rules[name] = Math.max(rules[name] ?? -Infinity, value);
};
const lower = (rules: Collected, name: 'maxLength' | 'maxItems' | 'maximum', value: number): void => {
  rules[name] = Math.min(rules[name] ?? Infinity, value);
};

const addText = (rules: Collected, name: 'format' | 'pattern' | 'custom' | 'rewrite', text: string): void => {
  rules[name] = [...new Set([...(rules[name] ?? []), text])].toSorted();
};

const LONGEST_TEXT = 100;

/** The text of a function on one line; where that is long, its beginning and a digest of the whole. */
const textOf = (rule: unknown): string => {
  const text = String(rule).replaceAll(/\s+/g, ' ');
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)}… ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
};

/** Formats that say nothing their pattern does not. */
const PLAIN_FORMATS = new Set(['regex', 'lowercase', 'uppercase', 'includes', 'starts_with', 'ends_with']);

const stringFormat: Collect = (check, _holder, rules) => {
  if (!PLAIN_FORMATS.has(check.format))
    addText(rules, 'format', check.alg ? `${check.format} ${check.alg}` : check.format);
  for (const value of Object.values(check))
    if (value instanceof RegExp) addText(rules, 'pattern', String(value));
  if (check.fn) addText(rules, 'custom', textOf(check.fn));
};

const greaterThan: Collect = ({ value, inclusive }, holder, rules) => {
  if (inclusive) return higher(rules, 'minimum', value);
  if (holder === 'integer') return higher(rules, 'minimum', Math.floor(value) + 1);
  rules.exclusiveMinimum = Math.max(rules.exclusiveMinimum ?? -Infinity, value);
};

const lessThan: Collect = ({ value, inclusive }, holder, rules) => {
  if (inclusive) return lower(rules, 'maximum', value);
  if (holder === 'integer') return lower(rules, 'maximum', Math.ceil(value) - 1);
  rules.exclusiveMaximum = Math.min(rules.exclusiveMaximum ?? Infinity, value);
};

/** `safeint` is what the type integer says already, and `float64` says nothing. */
const numberFormat: Collect = ({ format }, _holder, rules) => {
  const range = { int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1] }[String(format)];
  if (range) {
    higher(rules, 'minimum', range[0] as number);
    lower(rules, 'maximum', range[1] as number);
  } else if (format !== 'safeint' && format !== 'float64') addText(rules, 'format', format);
};

const sizeRule = (holder: Holder) => (holder === 'array' ? 'Items' : 'Length');

const collectors: Readonly<Record<string, Collect>> = {
  min_length: ({ minimum }, holder, rules) => higher(rules, `min${sizeRule(holder)}`, minimum),
  max_length: ({ maximum }, holder, rules) => lower(rules, `max${sizeRule(holder)}`, maximum),
  length_equals: ({ length }, holder, rules) => {
    higher(rules, `min${sizeRule(holder)}`, length);
    lower(rules, `max${sizeRule(holder)}`, length);
  },
  greater_than: greaterThan,
  less_than: lessThan,
  multiple_of: ({ value }, _holder, rules) => {
    rules.multipleOf = [...(rules.multipleOf ?? []), value];
  },
  number_format: numberFormat,
  string_format: stringFormat,
  overwrite: ({ tx }, _holder, rules) => addText(rules, 'rewrite', textOf(tx)),
};

/** A rule that is a function, or of a kind we do not know: its text is all that can be compared. */
const collectText = ({ def, check }: Check, rules: Collected): void =>
  addText(rules, 'custom', textOf(def.fn ?? check));

const valuesOf = (schema: Schema): readonly string[] | undefined => {
  const { type, values, entries } = definition(schema);
  if (type === 'literal') return (values as string[]).toSorted();
  return type === 'enum' ? Object.values(entries as Record<string, string>).toSorted() : undefined;
};

/** Every schema from a field's outermost wrapper to its type: each may have rules. */
const layersOf = (schema: Schema): Schema[] => {
  const { inner } = unwrap(schema);
  return inner === schema ? [schema] : [schema, ...layersOf(definition(schema).innerType)];
};

/**
 * The rules of a Zod schema as plain data, those of its wrappers included.
 *
 * @example
 * rulesOf(z.string().min(1).max(50), 'string') // { minLength: 1, maxLength: 50 }
 */
export const rulesOf = (schema: Schema, holder: Holder): Rules => {
  const rules: Collected = {};
  for (const layer of layersOf(schema)) {
    for (const check of checksOf(layer)) {
      const collect = Object.hasOwn(collectors, check.def.check) ? collectors[check.def.check] : undefined;
      if (collect) collect(check.def, holder, rules);
      else collectText(check, rules);
    }
    if (definition(layer).coerce) rules.coerce = true;
  }
  const values = valuesOf(unwrap(schema).inner);
  return values ? { ...rules, enum: values } : rules;
};
