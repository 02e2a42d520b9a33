import { list, missingFrom, pairs, same, type Difference } from '../change.ts';
import type { LockedEntity } from '../lock.ts';
import { indexes } from './indexes.ts';
import type { Aspect } from './aspect.ts';

/** Whether a field is new and may be missing, so that neither items nor clients of before have it. */
const isUnknown = (
  { fields: before }: LockedEntity,
  { fields: after }: LockedEntity,
  name: string,
): boolean => !Object.hasOwn(before, name) && after[name]?.presence === 'optional';

const key: Aspect = (before, after) =>
  same(before.key, after.key)
    ? []
    : [
        {
          place: 'key',
          what: `${list(before.key)} → ${list(after.key)}`,
          breaks: {
            stored: 'DynamoDB cannot change the key of a table: it would make another, empty one',
            requests: 'paths of records are others',
            lake: 'views tell records apart by other columns',
          },
          cure: 'Add another entity with this key, and take the records over with tailrace import',
        },
      ];

const unique: Aspect = (before, after) => {
  const [had, has] = [before.unique.map((rule) => list(rule)), after.unique.map((rule) => list(rule))];
  const added = missingFrom(had, has).map((rule): Difference => {
    if (rule.split(', ').some((name) => isUnknown(before, after, name)))
      return { place: 'unique', what: `${rule} is unique` };
    return {
      place: 'unique',
      what: `${rule} is unique`,
      breaks: {
        stored: 'items of before have no guard, and there may be equal ones',
        requests: 'requests with a value in use are refused',
      },
      cure: 'Take it back, or accept it and import the records anew, so that each has its guard',
    };
  });
  return [
    ...added,
    ...missingFrom(has, had).map((rule) => ({ place: 'unique', what: `${rule} is not unique any more` })),
  ];
};

const references: Aspect = (before, after) =>
  pairs(before.references, after.references).flatMap(({ name, before: had, after: has }) => {
    const place = `references.${name}`;
    if (!has) return [{ place, what: `refers to ${had?.entity} no more` }];
    if (had?.entity === has.entity && had.onDelete === has.onDelete) return [];
    const what = `refers to ${has.entity}, onDelete: ${had?.onDelete ?? 'none'} → ${has.onDelete}`;
    if (isUnknown(before, after, name)) return [{ place, what }];
    return [
      {
        place,
        what,
        breaks: {
          requests:
            had?.entity === has.entity
              ? `the delete of a ${has.entity} in use does something else`
              : `requests that name no ${has.entity} are refused, and the delete of a ${has.entity} in use is another`,
        },
        cure: 'Refer to it by a new optional field',
      },
    ];
  });

const expires: Aspect = (before, after) => {
  if (before.expires === after.expires) return [];
  const what = `${before.expires ?? 'never'} → ${after.expires ?? 'never'}`;
  if (before.expires === undefined && isUnknown(before, after, after.expires ?? ''))
    return [{ place: 'expires', what }];
  return [
    {
      place: 'expires',
      what,
      breaks: {
        stored:
          before.expires === undefined ? 'items may be gone at once' : 'items that were gone are there again',
        answers: 'records come and go by another rule',
      },
      cure: 'Let records expire by a new optional field',
    },
  ];
};

const unnest: Aspect = (before, after) =>
  pairs(before.unnest, after.unnest).flatMap(({ name, before: had, after: has }): Difference[] => {
    const place = `unnest.${name}`;
    if (had === has) return [];
    if (had === undefined) return [{ place, what: `the lake has the view ${has}` }];
    return [
      {
        place,
        what: `the view ${had} is ${has === undefined ? 'gone' : `called ${has}`}`,
        breaks: { lake: 'questions to the view fail' },
        cure: `Keep ${name}: '${had}'`,
      },
    ];
  });

type Action = LockedEntity['actions'][string];

const compareFrom = (place: string, before: Action, after: Action): Difference[] => {
  const [gone, added] = [missingFrom(after.from, before.from), missingFrom(before.from, after.from)];
  const narrower: Difference = {
    place,
    what: `not from ${list(gone)} any more`,
    breaks: { requests: 'calls of it are refused there' },
    cure: 'Leave the state in from',
  };
  return [
    ...(gone.length > 0 ? [narrower] : []),
    ...(added.length > 0 ? [{ place, what: `from ${list(added)}, too` }] : []),
  ];
};

const actions: Aspect = (before, after) =>
  pairs(before.actions, after.actions).flatMap(({ name, before: had, after: has }): Difference[] => {
    const place = `actions.${name}`;
    if (!had) return [{ place, what: 'is new' }];
    if (!has)
      return [{ place, what: 'is gone', breaks: { requests: 'calls of it are refused' }, cure: 'Keep it' }];
    if (had.field === has.field && had.to === has.to) return compareFrom(place, had, has);
    return [
      {
        place,
        what: `leads to ${has.field} ${has.to}, not to ${had.field} ${had.to}`,
        breaks: { requests: 'calls of it do something else' },
        cure: 'Add another action',
      },
    ];
  });

const erase: Aspect = (before, after) => {
  if (before.erase === after.erase) return [];
  const notice =
    after.erase === undefined
      ? 'erasing a person deletes the record, and whatever is counted by it'
      : 'erasing a person leaves the record';
  return [{ place: 'erase', what: `${before.erase ?? 'delete'} → ${after.erase ?? 'delete'}`, notice }];
};

/** Every side of an entity but its fields, names, version and access. */
export const ENTITY_ASPECTS: readonly Aspect[] = [
  key,
  indexes,
  unique,
  references,
  expires,
  unnest,
  actions,
  erase,
];
