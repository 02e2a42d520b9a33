import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { SubjectKey } from './subject-key.ts';
import { IV_BYTES, parseToken, TAG_BYTES } from './token.ts';

const CIPHER = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES };

/** A value is filled up with blanks, which JSON allows, to a multiple of these: else its length would tell yes from no. */
const PADDING_BYTES = 32;
const BLANK = 0x20;
const QUOTE = 0x22;

const padded = (length: number): number => Math.ceil(length / PADDING_BYTES) * PADDING_BYTES;

/** The column, a zero byte that neither a column nor JSON has, and the padded JSON. */
const labelled = (column: string, plaintext: Uint8Array): Buffer => {
  const begin = column.length + 1;
  const bytes = Buffer.alloc(begin + padded(plaintext.length), BLANK);
  bytes.write(column, 'latin1');
  bytes[begin - 1] = 0;
  bytes.set(plaintext, begin);
  return bytes;
};

/**
 * The initialization vector of a value is made of the value, so that equal values of a column have equal tokens, and a
 * vector comes twice for those alone. Source: https://www.rfc-editor.org/rfc/rfc5297, section 1.1
 */
const encrypt = ({ encryption, vector }: SubjectKey, column: string, plaintext: Uint8Array): string => {
  const value = labelled(column, plaintext);
  const iv = createHmac('sha256', vector).update(value).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv(CIPHER, encryption, iv, OPTIONS);
  const ciphertext = cipher.update(value.subarray(column.length + 1));
  cipher.final();
  const sealed = Buffer.allocUnsafe(IV_BYTES + ciphertext.length + TAG_BYTES);
  sealed.set(iv);
  sealed.set(ciphertext, IV_BYTES);
  sealed.set(cipher.getAuthTag(), IV_BYTES + ciphertext.length);
  return sealed.toString('base64url');
};

/** The token as a JSON string, in bytes. */
const tokenOf = ({ opening }: SubjectKey, sealed: string): Buffer => {
  const bytes = Buffer.allocUnsafe(opening.length + sealed.length + 1);
  bytes.set(opening);
  bytes.write(sealed, opening.length, 'latin1');
  bytes[bytes.length - 1] = QUOTE;
  return bytes;
};

/** Remembered are so many tokens of each column of a subject, of values of so many bytes. */
const MOST_REMEMBERED = 8;
const LONGEST_REMEMBERED = 256;

const tokensOf = ({ made }: SubjectKey, column: string): Map<string, Buffer> => {
  const known = made.get(column);
  if (known && known.size < MOST_REMEMBERED) return known;
  const fresh = new Map<string, Buffer>();
  made.set(column, fresh);
  return fresh;
};

/**
 * The token of a value: its JSON, as bytes, sealed under the key of a subject, as a JSON string. It is the same for the
 * same value of the same column of the same subject, and no other.
 *
 * @example
 * seal(key, 'email', Buffer.from('"ann@example.com"')).toString() // "sealed:v1:YzE:…"
 */
export const seal = (key: SubjectKey, column: string, plaintext: Buffer): Buffer => {
  if (plaintext.length > LONGEST_REMEMBERED) return tokenOf(key, encrypt(key, column, plaintext));
  const text = plaintext.toString('latin1');
  const known = key.made.get(column)?.get(text);
  if (known) return known;
  const token = tokenOf(key, encrypt(key, column, plaintext));
  tokensOf(key, column).set(text, token);
  return token;
};

/** A text is no token of the key it is to be unsealed with: it was changed, or another sealed it. */
export class BrokenToken extends Error {
  constructor() {
    super('The token was changed, or is sealed under another key.');
    this.name = 'BrokenToken';
  }
}

/**
 * The value of a token. Throws BrokenToken unless exactly this token was sealed under this key.
 *
 * @example
 * unseal(key, 'sealed:v1:YzE:…') // ann@example.com
 */
export const unseal = ({ subject, encryption }: SubjectKey, token: string): unknown => {
  const parts = parseToken(token);
  if (parts?.subject !== subject) throw new BrokenToken();
  const decipher = createDecipheriv(CIPHER, encryption, parts.iv, OPTIONS);
  decipher.setAuthTag(parts.tag);
  try {
    return JSON.parse(decipher.update(parts.ciphertext, undefined, 'utf8') + decipher.final('utf8'));
  } catch {
    // Without its cause, which could quote the value.
    throw new BrokenToken();
  }
};
