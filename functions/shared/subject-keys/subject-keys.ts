import { ERASED, subjectKey, type KeyOrErased, type SubjectKeys } from '../../../core/privacy/subject-key.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

/** Gives the keys of subjects; those that have none get one. */
export type ReadKeys = (subjects: ReadonlySet<string>) => Promise<SubjectKeys>;

interface Remembered {
  readonly key: KeyOrErased;
  readonly stored: StoredKey;
  /** Until when it may be used without looking, in milliseconds. */
  readonly until: number;
}

export interface KeyCache {
  readonly now?: () => number;
  /** How long a key may be used without looking whether it was destroyed, in milliseconds. */
  readonly maxAge?: number;
  /** Most subjects remembered. */
  readonly maxSubjects?: number;
}

const MAX_AGE_MS = 5 * 60 * 1000;
const MAX_SUBJECTS = 10_000;

/** Two generations: what was not asked for while the younger one filled up is forgotten with the elder. */
const generations = (max: number) => {
  let young = new Map<string, Remembered>();
  let old = new Map<string, Remembered>();
  const set = (subject: string, entry: Remembered): void => {
    if (young.size >= max / 2) {
      old = young;
      young = new Map();
    }
    young.set(subject, entry);
  };
  const get = (subject: string): Remembered | undefined => {
    const entry = young.get(subject);
    if (entry) return entry;
    const elder = old.get(subject);
    if (elder) set(subject, elder);
    return elder;
  };
  return { get, set };
};

const isSame = (one: StoredKey, other: StoredKey): boolean =>
  'secret' in one && 'secret' in other
    ? Buffer.compare(one.secret, other.secret) === 0
    : 'erasedAt' in one && 'erasedAt' in other;

const toKey = (subject: string, stored: StoredKey): KeyOrErased =>
  'erasedAt' in stored ? ERASED : subjectKey(subject, stored.secret);

/**
 * Remembers keys for five minutes, so that a relay reads the key of a busy subject once in that time. A key that is still the
 * same keeps the tokens it made.
 *
 * @example
 * const readKeys = subjectKeys(dynamoKeyStore(client, table));
 * const keys = await readKeys(new Set(['c1']));
 */
export const subjectKeys = (
  store: KeyStore,
  { now = Date.now, maxAge = MAX_AGE_MS, maxSubjects = MAX_SUBJECTS }: KeyCache = {},
): ReadKeys => {
  const cache = generations(maxSubjects);
  const remember = (subject: string, stored: StoredKey): KeyOrErased => {
    const known = cache.get(subject);
    const key = known && isSame(known.stored, stored) ? known.key : toKey(subject, stored);
    cache.set(subject, { key, stored, until: now() + maxAge });
    return key;
  };
  return async (subjects) => {
    const keys = new Map<string, KeyOrErased>();
    const unknown: string[] = [];
    const instant = now();
    for (const subject of subjects) {
      const entry = cache.get(subject);
      if (entry && entry.until > instant) keys.set(subject, entry.key);
      else unknown.push(subject);
    }
    if (unknown.length === 0) return keys;
    const found = await store.read(unknown);
    const missing = unknown.filter((subject) => !found.has(subject));
    const made = missing.length === 0 ? found : await store.create(missing);
    for (const subject of unknown) {
      const stored = found.get(subject) ?? made.get(subject);
      if (!stored) throw new Error('The table of subject keys gave no key for a subject.');
      keys.set(subject, remember(subject, stored));
    }
    return keys;
  };
};
