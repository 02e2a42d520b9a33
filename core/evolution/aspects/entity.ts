import { missingFrom, pairs, same, type Difference } from '../change.ts';
import type { LockedEntity } from '../lock.ts';

/** Compares one side of an entity. */
export type Aspect = (before: LockedEntity, after: LockedEntity) => Difference[];

const list = (words: readonly string[]): string => words.join(', ');

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

const isAnswered = ([partition, sort]: readonly string[], { key: own, indexes }: LockedEntity): boolean =>
  [own, ...Object.values(indexes)].some(
    (keys) => keys[0] === partition && (sort === undefined || keys[1] === sort),
  );

const ONE_AT_A_TIME =
  'CloudFormation makes or removes one index of a table in an update: deploy this one before the next';

const indexes: Aspect = (before, after) => {
  const changed = pairs(before.indexes, after.indexes).filter((pair) => !same(pair.before, pair.after));
  return changed.flatMap(({ name, before: had, after: has }): Difference => {
    const place = `indexes.${name}`;
    const several = changed.length > 1 ? { notice: ONE_AT_A_TIME } : {};
    if (!had) {
      const late = (has ?? []).filter((field) => !Object.hasOwn(before.fields, field));
      const notice =
        late.length > 0 ? { notice: `items are in it once they are written with ${list(late)}` } : several;
      return { place, what: `is new: ${list(has ?? [])}`, ...notice };
    }
    if (!has && isAnswered(had, after))
      return { place, what: `is gone; another answers ${list(had)}`, ...several };
    return {
      place,
      what: has ? `${list(had)} → ${list(has)}` : `is gone: ${list(had)}`,
      breaks: {
        requests: has
          ? 'DynamoDB makes an index of other fields anew, and lists fail or are short meanwhile'
          : `lists by ${list(had)} are refused`,
      },
      cure: has ? 'Add another index beside it' : 'Keep it',
    };
  });
};

const actions: Aspect = (before, after) =>
  pairs(before.actions, after.actions).flatMap(({ name, before: had, after: has }): Difference[] => {
    const place = `actions.${name}`;
    if (!had) return [{ place, what: 'is new' }];
    if (!has)
      return [{ place, what: 'is gone', breaks: { requests: 'calls of it are refused' }, cure: 'Keep it' }];
    if (had.field !== has.field || had.to !== has.to)
      return [
        {
          place,
          what: `leads to ${has.field} ${has.to}, not to ${had.field} ${had.to}`,
          breaks: { requests: 'calls of it do something else' },
          cure: 'Add another action',
        },
      ];
    const [gone, added] = [missingFrom(has.from, had.from), missingFrom(had.from, has.from)];
    return [
      ...(gone.length > 0
        ? [
            {
              place,
              what: `not from ${list(gone)} any more`,
              breaks: { requests: 'calls of it are refused there' },
              cure: 'Leave the state in from',
            },
          ]
        : []),
      ...(added.length > 0 ? [{ place, what: `from ${list(added)}, too` }] : []),
    ];
  });

/** Every side of an entity but its fields, names, version and access. */
export const ENTITY_ASPECTS: readonly Aspect[] = [key, indexes, unique, references, expires, actions];
