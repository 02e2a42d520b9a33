import { isSubject, QUARANTINE_SUBJECT } from './subject.ts';

const VERSION = 'sealed:v1';

export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** A sealed value, taken apart. */
export interface Token {
  readonly subject: string;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

const encode = (text: string): string => Buffer.from(text).toString('base64url');

/** A token up to what is sealed: `sealed:v1:<base64url of the subject>:`. */
export const tokenOpening = (subject: string): string => `${VERSION}:${encode(subject)}:`;

/** Finds tokens in any text, such as Athena's text of a row. */
export const TOKENS = /sealed:v1:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+/g;

const PARTS = /^sealed:v1:([A-Za-z0-9_-]+):([A-Za-z0-9_-]+)$/;

/** Only the one spelling of some bytes is read, so that nothing can be changed in a token and go unseen. */
const decode = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
};

/**
 * The parts of a token; undefined for a text that is none.
 *
 * @example
 * parseToken('sealed:v1:YzE:…')?.subject // c1
 */
export const parseToken = (text: string): Token | undefined => {
  const [, owner = '', sealed = ''] = PARTS.exec(text) ?? [];
  const [subject, bytes] = [decode(owner)?.toString(), decode(sealed)];
  if (subject === undefined || encode(subject) !== owner) return undefined;
  if (!isSubject(subject) && subject !== QUARANTINE_SUBJECT) return undefined;
  if (!bytes || bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  return {
    subject,
    iv: bytes.subarray(0, IV_BYTES),
    ciphertext: bytes.subarray(IV_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
};
