import { isCovered, type Grant } from '../../access/grant.ts';
import { list, pairs, type Difference } from '../change.ts';
import type { LockedSchema } from '../lock.ts';

/** Those of some grants whom others do not name. */
const uncovered = (grants: readonly string[], by: readonly string[]): string[] =>
  grants.filter((grant) => !isCovered(grant as Grant, by as readonly Grant[]));

const compareRight = (place: string, before: readonly string[], after: readonly string[]): Difference[] => {
  const [gone, added] = [uncovered(before, after), uncovered(after, before)];
  const fewer: Difference = {
    place,
    what: `not for ${list(gone)} any more`,
    breaks: { requests: 'what they could do is refused, or comes without the field' },
    cure: 'Leave it to them',
  };
  const more = { place, what: `for ${list(added)}, too`, notice: 'more may do this than before' };
  return [...(gone.length > 0 ? [fewer] : []), ...(added.length > 0 ? [more] : [])];
};

/** What has rights of its own, by name. */
const partsOf = (schema: LockedSchema): Readonly<Record<string, object>> =>
  schema.kind === 'entity' ? { fields: schema.fields, actions: schema.actions } : { fields: schema.fields };

/** A right to what was not there before, or is not any more, is no more and no less of a right. */
const isOfBoth = (place: string, before: LockedSchema, after: LockedSchema): boolean => {
  const [part = '', name = ''] = place.split('.');
  return [before, after].every((schema) => {
    const named = partsOf(schema)[part];
    return named === undefined || Object.hasOwn(named, name);
  });
};

/** Who sees or sets a field of which the schema says nothing: whoever reads or writes the record. */
const unsaid = (place: string, { access }: LockedSchema): readonly string[] => {
  if (!place.startsWith('fields.')) return [];
  const { read = [], create = [], change = [] } = access;
  return place.endsWith('.read') ? read : [...create, ...change];
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
    .filter(({ name }) => isOfBoth(name, before, after))
    .flatMap(({ name, before: had = unsaid(name, before), after: has = unsaid(name, after) }) =>
      compareRight(`access.${name}`, had, has),
    ),
];
