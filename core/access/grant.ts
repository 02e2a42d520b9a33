import * as z from 'zod';

/**
 * Who: everybody with a token, whoever owns the record, the members of a group of the user pool, or a token with a
 * scope of the API's resource server (`scope:orders.read` is the scope `tailrace/orders.read`).
 */
export type Grant = 'authenticated' | 'owner' | `group:${string}` | `scope:${string}`;

/** Identifier of the resource server that the scopes of machines belong to. */
export const RESOURCE_SERVER = 'tailrace';

/** What no schema file grants, staff alone may do. */
export const STAFF: readonly Grant[] = ['group:staff'];

const GRANT = /^(authenticated|owner|group:[a-z][a-z0-9_-]{0,63}|scope:[a-z][a-z0-9._-]{0,63})$/;

/** A grant in a schema file. */
export const grantSchema = z.custom<Grant>(
  (value) => typeof value === 'string' && GRANT.test(value),
  'must be "authenticated", "owner", "group:<name>" or "scope:<name>"',
);

/** A scope as tokens carry it: `tailrace/orders.read`. */
export const scopeName = (grant: Grant): string => `${RESOURCE_SERVER}/${grant.slice('scope:'.length)}`;

/** The name in a `group:` grant. */
export const groupName = (grant: Grant): string => grant.slice('group:'.length);

/** Whether everybody whom `grant` names is named by `grants` too. */
export const isCovered = (grant: Grant, grants: readonly Grant[]): boolean =>
  grants.includes('authenticated') || grants.includes(grant);
