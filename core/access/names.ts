import type { Schema } from '../schema/load.ts';
import { grantsIn } from './access.ts';
import { STAFF, type Grant } from './grant.ts';

const grantsOf = (schema: Schema): readonly Grant[] =>
  schema.kind === 'entity' ? grantsIn(schema.access) : schema.access.create;

const namesIn = (schemas: readonly Schema[], kind: 'group' | 'scope'): string[] => {
  const grants = [...STAFF, ...schemas.flatMap(grantsOf)].filter((grant) => grant.startsWith(`${kind}:`));
  return [...new Set(grants)].map((grant) => grant.slice(kind.length + 1)).toSorted();
};

/** The groups of the user pool: every group the schemas name, and staff. */
export const groupsOf = (schemas: readonly Schema[]): string[] => namesIn(schemas, 'group');

/** The scopes machines may have: every scope the schemas name, as they name it. */
export const scopesOf = (schemas: readonly Schema[]): string[] => namesIn(schemas, 'scope');
