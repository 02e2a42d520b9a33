import { invalid } from '../../../core/http/problem.ts';
import type { FieldType } from '../../../core/schema/field-type.ts';
import type { SortCondition } from '../commands.ts';
import { parseText, type Model } from '../model.ts';
import { issue, type Comparison } from './parameters.ts';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_SORT_BYTES = 1024;
const DAY = 24 * 60 * 60 * 1000;
const BEGINNING = '0000-01-01T00:00:00.000Z';
const TIME_PREFIX = /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{0,2})?)?)?)?)?)?$/;
const WHOLE: Readonly<Record<string, number>> = { timestamp: BEGINNING.length, date: 10 };

const typeOf = ({ entity }: Model, name: string): FieldType['type'] | undefined =>
  entity.fields.find((field) => field.name === name)?.type.type;

/** A value in its stored form. Throws ProblemError `validation-failed` that names the parameter. */
export const valueOf = (model: Model, { parameter, field, text }: Comparison): unknown => {
  const result = parseText(model, field, text);
  if ('value' in result) return result.value;
  throw invalid(result.messages.map((message) => issue(parameter, message)));
};

/** Whether a text is a time in part: `2026-11` is. */
const isPartOfTime = (model: Model, { field, text }: Comparison): boolean => {
  const whole = WHOLE[typeOf(model, field) ?? ''];
  return whole !== undefined && text.length < whole && TIME_PREFIX.test(text);
};

/** A bound of a range. A time in part is its beginning: `2026-11` is the first instant of November. */
const boundOf = (model: Model, comparison: Comparison): unknown => {
  if (!isPartOfTime(model, comparison)) return valueOf(model, comparison);
  const { field, text } = comparison;
  const rest = BEGINNING.slice(text.length, WHOLE[typeOf(model, field) ?? '']);
  return valueOf(model, { ...comparison, text: text + rest });
};

/** The next value above: nothing lies between. */
const above = (value: unknown): unknown => (typeof value === 'number' ? value + 1 : `${String(value)}\u0000`);

/** The next value below; undefined for a text, which has none. */
const below = (model: Model, { field }: Comparison, value: unknown): unknown => {
  if (typeof value === 'number') return value - 1;
  const time = new Date(String(value)).getTime();
  if (typeOf(model, field) === 'timestamp') return new Date(time - 1).toISOString();
  return typeOf(model, field) === 'date' ? new Date(time - DAY).toISOString().slice(0, 10) : undefined;
};

const refuse = (comparison: Comparison | undefined, message: string) =>
  invalid([issue(comparison?.parameter ?? '', message)]);

/** Both ends of a range, inclusive: DynamoDB compares a key once, and BETWEEN has both its ends. */
const between = (model: Model, lower: Comparison, upper: Comparison): SortCondition => {
  const [low, high] = [boundOf(model, lower), boundOf(model, upper)];
  const start = lower.operator === 'gt' ? above(low) : low;
  if (Buffer.byteLength(String(start)) > MAX_SORT_BYTES) throw refuse(lower, 'Too long for a key');
  const end = upper.operator === 'lt' ? below(model, upper, high) : high;
  if (end === undefined) throw refuse(upper, `With a lower bound a text takes ${upper.field}[lte]`);
  if ((start as string) <= (end as string)) return { operator: 'BETWEEN', values: [start, end] };
  throw refuse(upper, 'Nothing lies in this range');
};

const SINGLE = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

const single = (model: Model, comparison: Comparison): SortCondition => {
  const { operator, text } = comparison;
  if (operator === 'prefix') {
    if (text === '') throw refuse(comparison, 'A beginning has at least one character');
    if (Buffer.byteLength(text) > MAX_SORT_BYTES) throw refuse(comparison, 'Too long for a key');
    return { operator: 'begins_with', values: [text] };
  }
  if (operator) return { operator: SINGLE[operator], values: [boundOf(model, comparison)] };
  return isPartOfTime(model, comparison)
    ? { operator: 'begins_with', values: [text] }
    : { operator: '=', values: [valueOf(model, comparison)] };
};

/**
 * The key condition of what a request compares with one sort key: one comparison, or a lower and an upper bound. Throws
 * ProblemError `validation-failed` for anything else.
 *
 * @example
 * // placedAt[gte]=2026-11&placedAt[lt]=2026-12
 * sortCondition(model, comparisons) // BETWEEN 2026-11-01T00:00:00.000Z AND 2026-11-30T23:59:59.999Z
 */
export const sortCondition = (
  model: Model,
  comparisons: readonly Comparison[],
): SortCondition | undefined => {
  const [first, second, third] = comparisons;
  if (!first) return undefined;
  if (!second) return single(model, first);
  const lower = comparisons.find(({ operator }) => operator === 'gt' || operator === 'gte');
  const upper = comparisons.find(({ operator }) => operator === 'lt' || operator === 'lte');
  if (!third && lower && upper) return between(model, lower, upper);
  throw refuse(third ?? second, `Give one comparison of ${first.field}, or one lower and one upper bound`);
};
