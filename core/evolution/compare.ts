import { compareAccess } from './aspects/access.ts';
import { ENTITY_ASPECTS } from './aspects/entity.ts';
import { compareFields } from './aspects/fields.ts';
import { compareSubject } from './aspects/personal.ts';
import { compareVersions, isStepped, missingStep } from './aspects/versions.ts';
import { isBreak, onlyFor, pairs, type Change, type Difference, type Pair, type Party } from './change.ts';
import { columnClashes } from './columns.ts';
import type { Lock, LockedEntity, LockedSchema } from './lock.ts';

/** Events are not stored as items, and no answer has them. */
const PARTIES_OF: Readonly<Record<LockedSchema['kind'], readonly Party[]>> = {
  entity: ['stored', 'requests', 'answers', 'lake'],
  event: ['requests', 'lake'],
};

/** A step in the schema file is what makes items of before fit: for them, then, nothing breaks. */
const shapeOf = (before: LockedEntity, after: LockedEntity): Difference[] => {
  const differences = compareFields(before.fields, after.fields, { path: '', sent: 'writable' });
  if (isStepped(before, after))
    return differences.map((difference) => onlyFor(difference, ['requests', 'answers', 'lake']));
  const isUnfit = differences.some(({ breaks }) => breaks?.stored !== undefined);
  return isUnfit ? [...differences, missingStep(before, after)] : differences;
};

const plural = (before: LockedSchema, after: LockedSchema): Difference[] =>
  before.plural === after.plural
    ? []
    : [
        {
          place: 'plural',
          what: `${before.plural} → ${after.plural}`,
          breaks: {
            ...(after.kind === 'entity' ? { requests: 'all paths are others' } : {}),
            lake: 'tables and views have other names',
          },
          cure: `Set plural: '${before.plural}'`,
        },
      ];

const entityDifferences = (before: LockedEntity, after: LockedEntity): Difference[] => [
  ...plural(before, after),
  ...compareVersions(before, after),
  ...ENTITY_ASPECTS.flatMap((aspect) => aspect(before, after)),
  ...compareAccess(before, after),
  ...compareSubject(before, after),
  ...shapeOf(before, after),
];

const changedKind = (before: LockedSchema, after: LockedSchema): Difference => ({
  place: 'kind',
  what: `${before.kind} → ${after.kind}`,
  breaks: {
    stored: 'no record of it is left',
    requests: 'it is reached by other routes',
    lake: 'tables and views are others',
  },
  cure: `Keep the ${before.kind}, and add the ${after.kind} under another name`,
});

const schemaDifferences = (before: LockedSchema, after: LockedSchema): Difference[] => {
  if (before.kind === 'entity' && after.kind === 'entity') return entityDifferences(before, after);
  if (before.kind !== after.kind) return [changedKind(before, after)];
  return [
    ...plural(before, after),
    ...compareVersions(before, after),
    ...compareAccess(before, after),
    ...compareSubject(before, after),
    ...compareFields(before.fields, after.fields, { path: '', sent: 'all' }),
  ];
};

const besideNew = ({ before }: Pair<LockedSchema>, all: readonly Pair<LockedSchema>[]): string => {
  const fields = JSON.stringify(before?.fields);
  const twin = all.find((pair) => !pair.before && JSON.stringify(pair.after?.fields) === fields);
  return twin ? ` beside "${twin.name}"` : '';
};

const removedSchema = (pair: Pair<LockedSchema>, all: readonly Pair<LockedSchema>[]): Difference => ({
  place: '',
  what: `the ${pair.before?.kind} is gone`,
  breaks: {
    stored: 'its table stays, and nobody reads it',
    requests: pair.before?.kind === 'event' ? 'reports of it are refused' : 'its routes are gone',
    lake: 'its tables and views go, and what was written is not read',
  },
  cure: `Keep it${besideNew(pair, all)}`,
});

const differencesOf = (
  pair: Pair<LockedSchema>,
  all: readonly Pair<LockedSchema>[],
  lock: Lock,
): Difference[] => {
  const { name, before, after } = pair;
  if (!after) return [removedSchema(pair, all)];
  const clashes = columnClashes(name, before, after, lock);
  if (!before) return [{ place: '', what: `is a new ${after.kind}` }, ...clashes];
  return [...schemaDifferences(before, after), ...clashes];
};

const toChange = ({ name, before, after }: Pair<LockedSchema>, difference: Difference): Change => {
  const {
    cure = '',
    notice = '',
    ...said
  } = onlyFor(difference, PARTIES_OF[(before ?? after)?.kind ?? 'entity']);
  return {
    ...said,
    ...(isBreak(said) && cure !== '' ? { cure } : {}),
    ...(!isBreak(said) && notice !== '' ? { notice } : {}),
    schema: name,
    file: (after ?? before)?.file ?? '',
    place: [name, ...(said.place === '' ? [] : [said.place])].join('.'),
  };
};

/**
 * Every change from what a lock holds to some schemas, in order of their names: whom it breaks and what to do instead,
 * what is worth knowing, and what only adds.
 *
 * @example
 * compareLocks(lock, lockOf(schemas)).filter(isBreak).map(({ place }) => place) // ['order.note']
 */
export const changesSince = (lock: Lock, schemas: Lock['schemas']): Change[] => {
  const all = pairs(lock.schemas, schemas);
  return all.flatMap((pair) =>
    differencesOf(pair, all, lock).map((difference) => toChange(pair, difference)),
  );
};
