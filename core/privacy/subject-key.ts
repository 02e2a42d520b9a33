import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { tokenOpening } from './token.ts';

/** Bytes of a subject's secret, from which the keys of its values are derived. */
export const SECRET_BYTES = 32;

const KEY_BYTES = 32;

/** All it takes to seal and unseal the values of one subject. */
export interface SubjectKey {
  readonly subject: string;
  /** Encrypts values: AES-256. */
  readonly encryption: KeyObject;
  /** Makes the initialization vector of a value: HMAC-SHA-256. */
  readonly vector: KeyObject;
  /** The JSON of a token up to what is sealed: `"sealed:v1:<subject>:`. */
  readonly opening: Buffer;
  /** Tokens made lately, by column and plaintext: most changes of a record leave its personal values as they were. */
  readonly made: Map<string, Map<string, Buffer>>;
}

const ONE = Buffer.from([0, 0, 0, 1]);
const USE = Buffer.from('tailrace personal data v1');

/**
 * Two keys of one secret, so that neither tells anything of the other: the one-step derivation with SHA-512, one round.
 * Source: https://doi.org/10.6028/NIST.SP.800-56Cr2, section 4.1
 */
const derived = (secret: Uint8Array): readonly [encryption: KeyObject, vector: KeyObject] => {
  const bytes = hash('sha512', Buffer.concat([ONE, secret, USE]), 'buffer');
  return [createSecretKey(bytes.subarray(0, KEY_BYTES)), createSecretKey(bytes.subarray(KEY_BYTES))];
};

/**
 * The keys of a subject, of its secret: 32 random bytes. Throws RangeError for a secret of another length.
 *
 * @example
 * const key = subjectKey('c1', randomBytes(SECRET_BYTES));
 */
export const subjectKey = (subject: string, secret: Uint8Array): SubjectKey => {
  if (secret.length !== SECRET_BYTES)
    throw new RangeError(`The secret of a subject has ${SECRET_BYTES} bytes, not ${secret.length}.`);
  const [encryption, vector] = derived(secret);
  return {
    subject,
    encryption,
    vector,
    opening: Buffer.from(`"${tokenOpening(subject)}`),
    made: new Map(),
  };
};

/** What is there instead of the key of a subject that was erased. It is never made again. */
export const ERASED = 'erased';

export type KeyOrErased = SubjectKey | typeof ERASED;

/** Keys by subject; undefined for a subject that was not asked for. */
export type SubjectKeys = Pick<ReadonlyMap<string, KeyOrErased>, 'get'>;

/** No keys were read, because nothing is sealed. */
export const NO_KEYS: SubjectKeys = { get: () => undefined };
