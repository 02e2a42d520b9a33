import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ListQuery } from '../../core/http/list.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import { ProblemError } from '../../core/http/problem.ts';
import type { Entity } from '../../core/schema/entity.ts';

/** What a cursor is bound to: it continues this list of this caller and no other. */
export interface CursorScope {
  readonly entity: Entity;
  readonly query: ListQuery;
  /** Values of the query and its direction. */
  readonly asked: readonly unknown[];
  /** Subject of the token. */
  readonly caller: string;
}

/** Gives the secret that cursors are signed with. */
export type CursorKey = () => Promise<Uint8Array>;

const MAC_BYTES = 16;

const names = ({ entity, query }: CursorScope): string[] => [
  ...new Set([...entity.key, query.key.partition.name, ...(query.key.sort ? [query.key.sort.name] : [])]),
];

/** HMAC-SHA256, cut to 128 bits, over the values and all they belong to. */
const macOf = (key: Uint8Array, { entity, query, asked, caller }: CursorScope, values: string): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify([entity.name, query.index ?? null, asked, caller, values]))
    .digest()
    .subarray(0, MAC_BYTES);

/** Where a list goes on, as text for the client to hand back. */
export const toCursor = async (
  cursorKey: CursorKey,
  scope: CursorScope,
  last: PlainRecord,
): Promise<string> => {
  const values = JSON.stringify(names(scope).map((name) => last[name]));
  return Buffer.concat([macOf(await cursorKey(), scope, values), Buffer.from(values)]).toString('base64url');
};

const badCursor = (): ProblemError =>
  new ProblemError(
    'bad-cursor',
    'The cursor is not from this list. Repeat the request that gave it, or start without a cursor.',
    { errors: [{ parameter: 'cursor', message: 'Not a cursor of this list' }] },
  );

/**
 * The key after which a list goes on. Throws ProblemError `bad-cursor` for one that was changed, or that another list
 * or another caller was given. Nothing of it is read before its signature is found good.
 */
export const fromCursor = async (
  cursorKey: CursorKey,
  scope: CursorScope,
  text: string,
): Promise<PlainRecord> => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== text) throw badCursor();
  const values = bytes.subarray(MAC_BYTES).toString();
  const mac = macOf(await cursorKey(), scope, values);
  if (!timingSafeEqual(mac, bytes.subarray(0, MAC_BYTES))) throw badCursor();
  const parsed = JSON.parse(values) as readonly unknown[];
  return Object.fromEntries(names(scope).map((name, index) => [name, parsed[index]]));
};
