import { keepsColumn } from '../columns.ts';
import { pairs, type Breaks, type Difference, type Pair } from '../change.ts';
import type { LockedField, LockedFields, LockedType } from '../lock.ts';
import { comparePersonal, isHidden } from './personal.ts';
import { ruleChanges, type RuleChange } from './rules.ts';

/** Where fields stand, and what clients send of what stands there. */
export interface Scope {
  readonly path: string;
  /** Nothing, all of it, or all but what the server sets. */
  readonly sent: 'nothing' | 'all' | 'writable';
  /** Whether a patch may put what holds these fields in place, without those the server sets. */
  readonly patched?: boolean;
  /** Whether the lake has them sealed, or not at all. */
  readonly hidden?: boolean;
}

type FieldPair = Pair<LockedField>;
type Presence = 'required' | 'optional' | 'absent';

const asInput = (field: LockedField | undefined): Presence => {
  if (!field) return 'absent';
  return field.presence ? 'optional' : 'required';
};

const isSent = (field: LockedField, { sent }: Scope): boolean =>
  sent === 'all' || (sent === 'writable' && !field.readOnly);

const asRequest = (field: LockedField | undefined, scope: Scope): Presence =>
  field && !isSent(field, scope) ? 'absent' : asInput(field);

const asAnswer = (field: LockedField | undefined): Presence => {
  if (!field) return 'absent';
  return field.presence === 'optional' ? 'optional' : 'required';
};

type Sentences = Readonly<Record<Presence, string>>;

const INPUT: Readonly<Record<'stored' | 'requests', Sentences>> = {
  stored: { required: 'items without it do not fit', optional: '', absent: 'items with it do not fit' },
  requests: {
    required: 'requests without it are refused',
    optional: '',
    absent: 'requests with it are refused',
  },
};

const ANSWER: Sentences = {
  required: '',
  optional: 'answers may come without it',
  absent: 'answers come without it',
};

/** A request or an item is refused for what it lacks, or for what is unknown. */
const inputSentence = (sentences: Sentences, before: Presence, after: Presence): string =>
  before === after ? '' : sentences[after];

/** Who reads answers misses what was there. */
const answerSentence = (before: Presence, after: Presence): string =>
  before === after || before === 'absent' ? '' : ANSWER[after];

/** A patch that makes what holds a field cannot make the field, which no rule sets then. */
const patchSentence = ({ before, after }: FieldPair, { patched }: Scope): string =>
  patched && after?.readOnly && asInput(after) === 'required' && asInput(before) !== 'required'
    ? 'changes of what holds it are refused, since the server alone sets it'
    : '';

const presenceBreaks = (pair: FieldPair, scope: Scope): Breaks => {
  const { before, after } = pair;
  const request = inputSentence(INPUT.requests, asRequest(before, scope), asRequest(after, scope));
  const sentences = {
    stored: inputSentence(INPUT.stored, asInput(before), asInput(after)),
    requests: request || patchSentence(pair, scope),
    answers: answerSentence(asAnswer(before), asAnswer(after)),
  };
  return Object.fromEntries(Object.entries(sentences).filter(([, sentence]) => sentence !== ''));
};

const presenceOf = ({ presence, readOnly }: LockedField): string => {
  const text = presence === 'default' ? 'with a default' : (presence ?? 'required');
  return readOnly ? `${text}, read-only` : text;
};

const added = (pair: FieldPair & { after: LockedField }, scope: Scope): Difference => ({
  place: `${scope.path}${pair.name}`,
  what: `is new: ${pair.after.type}, ${presenceOf(pair.after)}`,
  breaks: presenceBreaks(pair, scope),
  cure: 'Make it .optional(), or give it a .default()',
  ...(pair.after.presence === 'default' && scope.path !== ''
    ? { notice: 'records of before are without it until they are written again' }
    : {}),
});

/** The new field of the same type, if just one could be what a lost one is called now. */
const besideNew = ({ before }: FieldPair, all: readonly FieldPair[]): string => {
  const candidates = all.filter((pair) => !pair.before && pair.after?.type === before?.type);
  return candidates.length === 1 ? ` beside "${candidates[0]?.name}"` : '';
};

const removed = (
  pair: FieldPair & { before: LockedField },
  scope: Scope,
  all: readonly FieldPair[],
): Difference => ({
  place: `${scope.path}${pair.name}`,
  what: 'is gone',
  breaks: {
    ...presenceBreaks(pair, scope),
    ...(scope.hidden ||
    pair.before.personal === 'drop' ||
    all.some(({ name, after }) => after && keepsColumn([pair.name, pair.before], [name, after]))
      ? {}
      : { lake: 'SQL that names its column fails, and what was written is not read' }),
  },
  cure: `Keep it as .optional()${besideNew(pair, all)}, and write it no more`,
});

const yes = (flag: boolean | undefined): string => (flag ? 'yes' : 'no');

/** Whether it must be there, who sets it, and whether that may change. */
const compareFlags = (pair: FieldPair, place: string, scope: Scope): Difference[] => {
  const [before, after] = [pair.before as LockedField, pair.after as LockedField];
  const said = [
    ...(before.presence === after.presence
      ? []
      : [`presence: ${before.presence ?? 'required'} → ${after.presence ?? 'required'}`]),
    ...(before.readOnly === after.readOnly
      ? []
      : [`readOnly: ${yes(before.readOnly)} → ${yes(after.readOnly)}`]),
    ...(before.immutable === after.immutable
      ? []
      : [`immutable: ${yes(before.immutable)} → ${yes(after.immutable)}`]),
  ];
  if (said.length === 0) return [];
  const isFixed = after.immutable && !before.immutable && isSent(before, scope) && isSent(after, scope);
  return [
    {
      place,
      what: said.join(', '),
      breaks: {
        ...presenceBreaks(pair, scope),
        ...(isFixed ? { requests: 'changes of it are refused' } : {}),
      },
      cure: 'Leave it as it was',
    },
  ];
};

const compareUnit = ({ before, after }: FieldPair, place: string): Difference[] => {
  if (before?.unit === after?.unit) return [];
  const what = `unit: ${before?.unit ?? 'none'} → ${after?.unit ?? 'none'}`;
  if (before?.unit === undefined) return [{ place, what }];
  const sentence = 'the same number would mean something else';
  return [
    {
      place,
      what,
      breaks: { stored: sentence, answers: sentence, lake: sentence },
      cure: 'Add a field for the other unit beside it',
    },
  ];
};

const compareDefault = ({ before, after }: FieldPair, place: string): Difference[] =>
  before?.default === undefined || after?.default === undefined || before.default === after.default
    ? []
    : [
        {
          place,
          what: `default: ${before.default} → ${after.default}`,
          notice: 'records begin as something else',
        },
      ];

const nameOf = ({ type, precision, scale }: LockedType): string =>
  type === 'decimal' ? `decimal(${precision}, ${scale})` : type;

const wholeDigits = ({ precision = 0, scale = 0 }: LockedType): number => precision - scale;

/** Whether every value of one type is one of another, too. */
const isWider = (before: LockedType, after: LockedType): boolean => {
  if (before.type === 'integer' && after.type === 'number') return true;
  if (before.type !== 'decimal' || after.type !== 'decimal') return false;
  return wholeDigits(after) >= wholeDigits(before) && (after.scale ?? 0) >= (before.scale ?? 0);
};

const retyped = (before: LockedType, after: LockedType, { path, sent, hidden }: Scope): Difference => ({
  place: path,
  what: `type: ${nameOf(before)} → ${nameOf(after)}`,
  breaks: {
    ...(isWider(before, after)
      ? {}
      : {
          stored: 'items hold the old type',
          ...(sent === 'nothing' ? {} : { requests: 'requests with the old type are refused' }),
          answers: 'answers have the new type',
        }),
    ...(hidden ? {} : { lake: 'files of the log hold the old type, and SQL that names the column fails' }),
  },
  cure: 'Add a field of another name beside it',
});

const rule = ({ what, narrower }: RuleChange, { path, sent }: Scope): Difference => ({
  place: path,
  what,
  breaks: narrower
    ? {
        stored: 'items with other values do not fit',
        ...(sent === 'nothing' ? {} : { requests: 'requests with other values are refused' }),
      }
    : {},
  cure: 'Leave it as wide as it was',
});

/** What changed in a type, its rules and its parts. */
const compareTypes = (before: LockedType, after: LockedType, scope: Scope): Difference[] => {
  const isSame = nameOf(before) === nameOf(after);
  const differences = isSame ? [] : [retyped(before, after, scope)];
  if (!isSame && !isWider(before, after)) return differences;
  const { path, ...rest } = scope;
  return [
    ...differences,
    ...ruleChanges(before, after).map((change) => rule(change, scope)),
    ...(before.items && after.items
      ? compareTypes(before.items, after.items, { ...rest, path: `${path}[]` })
      : []),
    ...(before.fields && after.fields
      ? compareFields(before.fields, after.fields, { ...rest, path: `${path}.` })
      : []),
  ];
};

/** What a patch names it may change; a part of it stands in what the patch puts in place. */
const isPatched = (before: LockedField, after: LockedField, scope: Scope): boolean =>
  scope.sent === 'writable' &&
  isSent(before, scope) &&
  isSent(after, scope) &&
  !before.immutable &&
  (scope.path === '' || scope.patched === true);

const compareField = (pair: FieldPair, scope: Scope, all: readonly FieldPair[]): Difference[] => {
  const { name, before, after } = pair;
  const place = `${scope.path}${name}`;
  if (!before) return after ? [added({ ...pair, after }, scope)] : [];
  if (!after) return [removed({ ...pair, before }, scope, all)];
  return [
    ...compareFlags(pair, place, scope),
    ...compareUnit(pair, place),
    ...comparePersonal(before, after, place),
    ...compareDefault(pair, place),
    ...compareTypes(before, after, {
      path: place,
      sent: isSent(before, scope) && isSent(after, scope) ? scope.sent : 'nothing',
      patched: isPatched(before, after, scope),
      hidden: scope.hidden === true || (isHidden(before) && isHidden(after)),
    }),
  ];
};

/**
 * What changed in fields, at every depth: for what is stored, for what clients send and read, and for columns.
 *
 * @example
 * compareFields({ note: { type: 'string' } }, {}, { path: '', sent: 'writable' })[0]?.what // is gone
 */
export const compareFields = (before: LockedFields, after: LockedFields, scope: Scope): Difference[] => {
  const all = pairs(before, after);
  return all.flatMap((pair) => compareField(pair, scope, all));
};
