import { randomBytes } from 'node:crypto';
import { unseal } from '../../../../core/privacy/seal.ts';
import {
  ERASED,
  SECRET_BYTES,
  subjectKey,
  type KeyOrErased,
  type SubjectKey,
} from '../../../../core/privacy/subject-key.ts';
import { parseToken } from '../../../../core/privacy/token.ts';
import type { ReadKeys } from '../../../../functions/shared/subject-keys/subject-keys.ts';

/** Keys in memory, made when they are asked for, and what they unseal. */
export const memoryKeys = () => {
  const keys = new Map<string, KeyOrErased>();
  const keyOf = (subject: string): KeyOrErased => {
    const key = keys.get(subject) ?? subjectKey(subject, randomBytes(SECRET_BYTES));
    keys.set(subject, key);
    return key;
  };
  const readKeys: ReadKeys = async (subjects) =>
    new Map([...subjects].map((subject) => [subject, keyOf(subject)]));
  return {
    /** Subjects that a key was asked for, in order. */
    subjects: () => [...keys.keys()],
    keyOf,
    readKeys,
    erase: (subject: string) => void keys.set(subject, ERASED),
    /** The value of a token. */
    open: (token: unknown): unknown =>
      unseal(keys.get(parseToken(String(token))?.subject ?? '') as SubjectKey, String(token)),
  };
};
