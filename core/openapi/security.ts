import type { Grant } from '../access/grant.ts';

/** The security scheme of every route that takes a token. */
export const BEARER = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'An access token of the user pool. What an operation asks of it stands with the operation, any one of: ' +
    '`owner`: the subject of the token owns the record, and lists hold the caller’s own records; ' +
    '`group:x`: the person is in the group x; `scope:x`: the token has the scope `tailrace/x`. ' +
    'A record that is not yours is answered as one that is not there.',
} as const;

/** The security requirement of an operation: any one of its grants. Grants of nobody are not the same as no need of any. */
export const securityOf = (grants: readonly Grant[]): { readonly bearer: readonly string[] }[] => {
  if (grants.includes('authenticated')) return [{ bearer: [] }];
  return grants.length === 0 ? [{ bearer: ['nobody'] }] : grants.map((grant) => ({ bearer: [grant] }));
};

/** Grants as a text: `owner or group:staff`. */
export const grantsInWords = (grants: readonly Grant[]): string => {
  if (grants.includes('authenticated')) return 'any valid token';
  return grants.join(' or ') || 'more than any token gives';
};
