import { isCovered, type Grant } from '../../access/grant.ts';
import { pairs, type Difference } from '../change.ts';
import type { LockedSchema } from '../lock.ts';

/** Those of some grants whom others do not name. */
const uncovered = (grants: readonly string[], by: readonly string[]): string[] =>
  grants.filter((grant) => !isCovered(grant as Grant, by as readonly Grant[]));

const EVERYBODY: readonly string[] = ['authenticated'];

const compareRight = (place: string, before: readonly string[], after: readonly string[]): Difference[] => {
  const [gone, added] = [uncovered(before, after), uncovered(after, before)];
  return [
    ...(gone.length > 0
      ? [
          {
            place,
            what: `not for ${gone.join(', ')} any more`,
            breaks: { requests: 'what they could do is refused, or comes without the field' },
            cure: 'Leave it to them',
          },
        ]
      : []),
    ...(added.length > 0
      ? [{ place, what: `for ${added.join(', ')}, too`, notice: 'more may do this than before' }]
      : []),
  ];
};

/** A right to a field is nobody's in particular where the schema does not say whose; one to what is new was nobody's. */
const isOfField = (place: string): boolean => place.startsWith('fields.');

const isOfSomethingNew = (place: string, before: LockedSchema, after: LockedSchema): boolean => {
  const [part = '', name = ''] = place.split('.');
  const had =
    part === 'fields'
      ? before.fields
      : before.kind === 'entity' && part === 'actions'
        ? before.actions
        : undefined;
  const has =
    part === 'fields'
      ? after.fields
      : after.kind === 'entity' && part === 'actions'
        ? after.actions
        : undefined;
  return Boolean(had && has && !(Object.hasOwn(had, name) && Object.hasOwn(has, name)));
};

const owner = (before: LockedSchema, after: LockedSchema): Difference[] => {
  if (before.kind !== 'entity' || after.kind !== 'entity' || before.owner === after.owner) return [];
  const what = `${before.owner ?? 'nobody'} → ${after.owner ?? 'nobody'}`;
  if (before.owner === undefined)
    return [{ place: 'access.owner', what, notice: 'records have an owner now' }];
  return [
    {
      place: 'access.owner',
      what,
      breaks: { requests: 'whoever owned a record owns it no more' },
      cure: 'Leave the owner, and grant more to groups',
    },
  ];
};

/** Who may do less than before breaks; who may do more is to be known. */
export const compareAccess = (before: LockedSchema, after: LockedSchema): Difference[] => [
  ...owner(before, after),
  ...pairs(before.access, after.access)
    .filter(({ name }) => !isOfSomethingNew(name, before, after))
    .flatMap(({ name, before: had, after: has }) => {
      const unsaid = isOfField(name) ? EVERYBODY : [];
      return compareRight(`access.${name}`, had ?? unsaid, has ?? unsaid);
    }),
];
