import { BrokenToken, unseal } from '../../core/privacy/seal.ts';
import { ERASED, subjectKey, type KeyOrErased } from '../../core/privacy/subject-key.ts';
import { parseToken } from '../../core/privacy/token.ts';
import type { Revealed, RevealRequest } from '../../core/privacy/reveal.ts';
import type { KeyStore, StoredKey } from '../shared/subject-keys/key-store.ts';

const toKey = (subject: string, stored: StoredKey | undefined): KeyOrErased | undefined => {
  if (!stored) return undefined;
  return 'erasedAt' in stored ? ERASED : subjectKey(subject, stored.secret);
};

const open = (token: string, key: KeyOrErased | undefined): Revealed => {
  if (key === undefined) return { refused: 'unknown' };
  if (key === ERASED) return { refused: 'erased' };
  try {
    return { value: unseal(key, token) };
  } catch (error) {
    if (error instanceof BrokenToken) return { refused: 'broken' };
    throw error;
  }
};

/**
 * The values of tokens, in their order. It makes no key and remembers none.
 *
 * @example
 * await reveal(store, { tokens: ['sealed:v1:YzE:…'], caller }) // [{ value: 'ann@example.com' }]
 */
export const reveal = async (
  store: Pick<KeyStore, 'read'>,
  { tokens }: RevealRequest,
): Promise<Revealed[]> => {
  const subjects = tokens.map((token) => parseToken(token)?.subject);
  const asked = [...new Set(subjects.filter((subject) => subject !== undefined))];
  const stored = await store.read(asked);
  const keys = new Map(asked.map((subject) => [subject, toKey(subject, stored.get(subject))]));
  return tokens.map((token, index) => {
    const subject = subjects[index];
    return subject === undefined ? { refused: 'broken' } : open(token, keys.get(subject));
  });
};

/** How many of each outcome: all that the log may know of an answer. */
export const countsOf = (revealed: readonly Revealed[]) => {
  const refused = (why: string): number =>
    revealed.filter((one) => 'refused' in one && one.refused === why).length;
  return {
    asked: revealed.length,
    revealed: revealed.filter((one) => 'value' in one).length,
    erased: refused('erased'),
    unknown: refused('unknown'),
    broken: refused('broken'),
  };
};
