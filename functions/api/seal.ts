import { createHmac, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../../core/http/problem.ts';

/** Gives the secret that cursors are signed with. */
export type CursorKey = () => Promise<Uint8Array>;

/** All that a cursor belongs to, as JSON has it. Two scopes of different kind differ in their first part. */
export type Scope = readonly unknown[];

const MAC_BYTES = 16;

/** HMAC-SHA256, cut to 128 bits, over the values and all they belong to. */
const macOf = (key: Uint8Array, scope: Scope, values: string): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify([...scope, values]))
    .digest()
    .subarray(0, MAC_BYTES);

/** Values as text for the client to hand back within a scope. It can read them, and not change them. */
export const seal = async (
  cursorKey: CursorKey,
  scope: Scope,
  values: readonly unknown[],
): Promise<string> => {
  const text = JSON.stringify(values);
  return Buffer.concat([macOf(await cursorKey(), scope, text), Buffer.from(text)]).toString('base64url');
};

/** The answer to a cursor that leads nowhere. */
export const badCursor = (
  detail = 'The cursor is not from this list. Repeat the request that gave it, or start without a cursor.',
): ProblemError =>
  new ProblemError('bad-cursor', detail, {
    errors: [{ parameter: 'cursor', message: 'Not a cursor of this list' }],
  });

/**
 * The values that were sealed. Throws ProblemError `bad-cursor` for text that was changed, or is of another scope. Nothing
 * of it is read before its signature is found good.
 */
export const unseal = async (
  cursorKey: CursorKey,
  scope: Scope,
  text: string,
): Promise<readonly unknown[]> => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== text) throw badCursor();
  const values = bytes.subarray(MAC_BYTES).toString();
  const mac = macOf(await cursorKey(), scope, values);
  if (!timingSafeEqual(mac, bytes.subarray(0, MAC_BYTES))) throw badCursor();
  return JSON.parse(values) as readonly unknown[];
};
