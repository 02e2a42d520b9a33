import {
  denied,
  reachOf,
  refused,
  seen,
  type Caller,
  type EntityName,
  type Outcome,
  type Record_,
  type World,
} from './world.ts';

/** Which version the client says it has. */
export type IfNoneMatch = 'none' | 'any' | 'current' | 'weak' | 'other';

/** The header of it. */
export const ifNoneMatchHeader = (condition: IfNoneMatch, version = 1): Record<string, string> => {
  const values = {
    any: '*',
    current: `"7", "${version}"`,
    weak: `W/"${version}"`,
    other: `"${version + 7}"`,
  };
  return condition === 'none' ? {} : { 'if-none-match': values[condition] };
};

/** `GET` of one record. */
export const reading = (
  world: World,
  asked: { caller: Caller; entity: EntityName; id: string; ifNoneMatch: IfNoneMatch },
): Outcome => {
  const no = denied(asked.caller, asked.entity, 'read');
  if (no) return no;
  const found = seen(world, { ...asked, work: 'read' });
  if (!found) return refused('not-found');
  const isKnown = !['none', 'other'].includes(asked.ifNoneMatch);
  return {
    status: isKnown ? 304 : 200,
    etag: () => `"${found.version}"`,
    settle: () => (isKnown ? undefined : found),
  };
};

/** How a list is asked for: by which field, and how its sort key is compared. */
export interface Question {
  readonly by: string;
  readonly value: string;
  readonly compared?: { readonly parameter: string; readonly text: string } | undefined;
  /** A parameter that does not exist is seen before anything else, a wrong size of the page last. */
  readonly wrong?: 'parameter' | 'limit' | undefined;
}

/** The indexes of each entity: what it can be listed by, and the field it is sorted by then. */
const SORT: Readonly<Record<EntityName, Readonly<Record<string, string | undefined>>>> = {
  customer: { id: undefined, email: undefined },
  product: { id: undefined, category: 'name' },
  order: { id: undefined, customerId: 'placedAt', status: 'placedAt' },
};

/** The field a list is sorted by; undefined for one that has no order. */
export const sortedBy = (entity: EntityName, by: string): string | undefined => SORT[entity][by];

const COMPARE: Readonly<Record<string, (value: string, text: string) => boolean>> = {
  gte: (value, text) => value >= text,
  gt: (value, text) => value > text,
  lte: (value, text) => value <= text,
  lt: (value, text) => value < text,
  prefix: (value, text) => value.startsWith(text),
};

const holds = (record: Record_, { compared }: Question): boolean => {
  const [, field = '', operator = ''] = /^(\w+)\[(\w+)\]$/.exec(compared?.parameter ?? '') ?? [];
  return !compared || (COMPARE[operator]?.(String(record[field]), compared.text) ?? false);
};

/** The list of an owner is that of their own records, said or not. */
const owned = (world: World, caller: Caller, entity: EntityName, question: Question): Question | Outcome => {
  if (reachOf(caller, entity, 'list') === 'all') return question;
  const field = entity === 'customer' ? 'id' : 'customerId';
  const subject = world.subjects[caller];
  if (question.by === field) return question.value === subject ? question : refused('forbidden');
  return question.by === '' ? { ...question, by: field, value: subject } : refused('no-index');
};

/** The records of a list, in no order, or why it is refused. */
export const listing = (
  world: World,
  asked: { caller: Caller; entity: EntityName; question: Question },
): readonly Record_[] | Outcome => {
  const { caller, entity, question } = asked;
  const no = denied(caller, entity, 'list');
  if (no) return no;
  if (question.wrong === 'parameter') return refused('validation-failed');
  const own = owned(world, caller, entity, question);
  if ('status' in own) return own;
  if (!(own.by in SORT[entity])) return refused('no-index');
  if (question.wrong === 'limit') return refused('validation-failed');
  return [...world.records[entity].values()].filter(
    (record) => String(record[own.by]) === own.value && holds(record, own),
  );
};
