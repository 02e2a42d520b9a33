import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { groupName, scopeName, STAFF, type Grant } from './grant.ts';

/** What is asked for: one of an entity's operations, or an action by its name. */
export interface Wish {
  readonly operation: string;
  readonly action?: string | undefined;
}

/** How far a caller may go: with every record, with its own, with none. */
export type Reach = 'all' | 'own' | 'none';

const BY_OPERATION: Readonly<Record<string, (access: Access) => readonly Grant[]>> = {
  create: ({ create }) => create,
  read: ({ read }) => read,
  list: ({ list }) => list,
  patch: ({ change }) => change,
  delete: (access) => access.delete,
};

/** Who may do it. Whatever no schema speaks of is for staff. */
export const grantsFor = (access: Access, { operation, action }: Wish): readonly Grant[] => {
  if (action !== undefined)
    return Object.hasOwn(access.actions, action) ? (access.actions[action] ?? STAFF) : STAFF;
  return BY_OPERATION[operation]?.(access) ?? STAFF;
};

const holds = (grant: Grant, { groups, scopes }: Caller): boolean => {
  if (grant === 'authenticated') return true;
  if (grant.startsWith('group:')) return groups.has(groupName(grant));
  return grant.startsWith('scope:') && scopes.has(scopeName(grant));
};

/** Whether some grants name the caller, who owns nothing here: what they open is no record. */
export const isGranted = (grants: readonly Grant[], caller: Caller): boolean =>
  grants.some((grant) => holds(grant, caller));

/**
 * How far a caller gets by some grants. It depends on the token alone, never on a record.
 *
 * @example
 * reachOf(['owner', 'group:staff'], customer) // own
 */
export const reachOf = (grants: readonly Grant[], caller: Caller): Reach => {
  if (isGranted(grants, caller)) return 'all';
  return grants.includes('owner') && caller.isPerson ? 'own' : 'none';
};

const closed = (
  access: Access,
  caller: Caller,
  { isOwner, side }: { isOwner: boolean; side: 'read' | 'write' },
): string[] =>
  Object.entries(access.fields)
    .filter(([, field]) => {
      const grants = field[side];
      const reach = grants ? reachOf(grants, caller) : 'all';
      return reach === 'none' || (reach === 'own' && !isOwner);
    })
    .map(([name]) => name);

/** The fields a caller does not see of a record that is its own, or another's. */
export const hiddenFields = (access: Access, caller: Caller, isOwner: boolean): string[] =>
  closed(access, caller, { isOwner, side: 'read' });

/** The fields a caller does not set of a record: those it may not write, or not even see. */
export const lockedFields = (access: Access, caller: Caller, isOwner: boolean): string[] => [
  ...new Set([
    ...closed(access, caller, { isOwner, side: 'write' }),
    ...hiddenFields(access, caller, isOwner),
  ]),
];
