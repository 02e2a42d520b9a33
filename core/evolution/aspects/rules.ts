import { missingFrom } from '../change.ts';
import type { LockedType, Rules } from '../lock.ts';

/** A rule that changed, and whether values that kept to it before may be refused now. */
export interface RuleChange {
  readonly what: string;
  readonly narrower: boolean;
}

type Processor = (before: Rules, after: Rules) => RuleChange | undefined;
type Limit = 'minLength' | 'maxLength' | 'minItems' | 'maxItems';
type Words = 'format' | 'pattern' | 'custom' | 'rewrite';

const shown = (value: number | undefined): string => String(value ?? 'none');

const limit =
  (name: Limit, isNarrower: (before: number, after: number) => boolean, open: number): Processor =>
  ({ [name]: before }, { [name]: after }) =>
    before === after
      ? undefined
      : {
          what: `${name}: ${shown(before)} → ${shown(after)}`,
          narrower: isNarrower(before ?? open, after ?? open),
        };

const rises = (before: number, after: number): boolean => after > before;
const falls = (before: number, after: number): boolean => after < before;

interface Bound {
  readonly value: number;
  readonly open: boolean;
  readonly text: string;
}

/** The tighter of a bound that is part of its range and one that is not. */
const boundOf = (closed: number, open: number, sign: '≥' | '≤'): Bound => {
  const value = sign === '≥' ? Math.max(closed, open) : Math.min(closed, open);
  const isOpen = value === open;
  const operator = isOpen ? { '≥': '>', '≤': '<' }[sign] : sign;
  return { value, open: isOpen, text: Number.isFinite(value) ? `${operator} ${value}` : 'none' };
};

const lowerBound = ({ minimum = -Infinity, exclusiveMinimum = -Infinity }: Rules): Bound =>
  boundOf(minimum, exclusiveMinimum, '≥');

const upperBound = ({ maximum = Infinity, exclusiveMaximum = Infinity }: Rules): Bound =>
  boundOf(maximum, exclusiveMaximum, '≤');

const range =
  (boundIn: (rules: Rules) => Bound, passes: (before: number, after: number) => boolean): Processor =>
  (rulesBefore, rulesAfter) => {
    const [before, after] = [boundIn(rulesBefore), boundIn(rulesAfter)];
    if (before.text === after.text) return undefined;
    const isShut = before.value === after.value && after.open && !before.open;
    return {
      what: `bound: ${before.text} → ${after.text}`,
      narrower: passes(before.value, after.value) || isShut,
    };
  };

const enumeration: Processor = ({ enum: before }, { enum: after }) => {
  if (!before && !after) return undefined;
  if (!after) return { what: 'is no enumeration any more', narrower: false };
  if (!before) return { what: `is an enumeration now: ${after.join(', ')}`, narrower: true };
  const [gone, added] = [missingFrom(after, before), missingFrom(before, after)];
  if (gone.length + added.length === 0) return undefined;
  const parts = [
    ...(gone.length > 0 ? [`no ${gone.join(', ')} any more`] : []),
    ...(added.length > 0 ? [`${added.join(', ')} added`] : []),
  ];
  return { what: `values: ${parts.join('; ')}`, narrower: gone.length > 0 };
};

/** Whether one takes all that another does cannot be known. Less of what refuses is certainly wider. */
const texts =
  (name: Words, refuses: boolean): Processor =>
  ({ [name]: before = [] }, { [name]: after = [] }) => {
    const [gone, added] = [missingFrom(after, before), missingFrom(before, after)];
    if (gone.length + added.length === 0) return undefined;
    const what = `${name}: ${gone.join(', ') || 'none'} → ${added.join(', ') || 'none'}`;
    if (refuses && added.length === 0) return { what, narrower: false };
    return { what: gone.length > 0 ? `${what}, which nobody can compare` : what, narrower: true };
  };

const multiples: Processor = ({ multipleOf: before = [] }, { multipleOf: after = [] }) => {
  if (before.join() === after.join()) return undefined;
  const isMet = (divisor: number): boolean => before.some((one) => Number.isInteger(one / divisor));
  return {
    what: `multipleOf: ${before.join(', ') || 'none'} → ${after.join(', ') || 'none'}`,
    narrower: !after.every(isMet),
  };
};

const coercion: Processor = ({ coerce: before }, { coerce: after }) =>
  before === after
    ? undefined
    : { what: after ? 'takes other types, too' : 'takes no other types any more', narrower: !after };

const PROCESSORS: readonly Processor[] = [
  limit('minLength', rises, 0),
  limit('maxLength', falls, Infinity),
  limit('minItems', rises, 0),
  limit('maxItems', falls, Infinity),
  range(lowerBound, rises),
  range(upperBound, falls),
  multiples,
  enumeration,
  texts('format', true),
  texts('pattern', true),
  texts('custom', true),
  texts('rewrite', false),
  coercion,
];

/**
 * What changed in the rules of a value.
 *
 * @example
 * ruleChanges({ type: 'string', maxLength: 9 }, { type: 'string', maxLength: 5 }) // maxLength: 9 → 5, narrower
 */
export const ruleChanges = (before: LockedType, after: LockedType): RuleChange[] =>
  PROCESSORS.flatMap((process) => process(before, after) ?? []);
