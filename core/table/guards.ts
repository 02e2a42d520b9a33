import type { KeySchema } from './definition.ts';

/**
 * The table of guards, one a deployment: small items that are written in the same transaction as a record, so that
 * what must happen once does. It has no stream: guards are no records, and the lake knows nothing of them.
 */
export const GUARDS: { readonly key: KeySchema; readonly timeToLive: string } = {
  key: { partition: { name: 'guard', type: 'S' }, sort: undefined },
  timeToLive: 'expiresAt',
};
