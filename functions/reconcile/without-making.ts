import { randomBytes } from 'node:crypto';
import { SECRET_BYTES } from '../../core/privacy/subject-key.ts';
import type { KeyStore } from '../shared/subject-keys/key-store.ts';

/**
 * A table of keys that is read and never written: a subject without a key has no row in the lake that a comparison could miss, so
 * any key will do, for no longer than the comparison lasts.
 */
export const withoutMaking = ({ read }: Pick<KeyStore, 'read'>): KeyStore => ({
  read,
  create: async (subjects) =>
    new Map(subjects.map((subject) => [subject, { secret: randomBytes(SECRET_BYTES) }])),
});
