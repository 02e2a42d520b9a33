import type { Schema } from '../schema/load.ts';
import { grantsIn } from './access.ts';
import { STAFF, type Grant } from './grant.ts';

const grantsOf = (schema: Schema): readonly Grant[] =>
  schema.kind === 'entity' ? grantsIn(schema.access) : schema.access.create;

/** What may be read by whom, whether it is a record or not. */
interface Published {
  readonly publish: readonly Grant[];
}

const namesIn = (grants: readonly Grant[], kind: 'group' | 'scope'): string[] => {
  const named = grants.filter((grant) => grant.startsWith(`${kind}:`));
  return [...new Set(named)].map((grant) => grant.slice(kind.length + 1)).toSorted();
};

const allGrants = (schemas: readonly Schema[], marts: readonly Published[]): Grant[] => [
  ...schemas.flatMap(grantsOf),
  ...marts.flatMap(({ publish }) => publish),
];

/** The groups of the user pool: every group that schemas and marts name, and staff. */
export const groupsOf = (schemas: readonly Schema[], marts: readonly Published[] = []): string[] =>
  namesIn([...STAFF, ...allGrants(schemas, marts)], 'group');

/** The scopes machines may have: every scope that schemas and marts name, as they name it. */
export const scopesOf = (schemas: readonly Schema[], marts: readonly Published[] = []): string[] =>
  namesIn(allGrants(schemas, marts), 'scope');
