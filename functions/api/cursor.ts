import { createHash } from 'node:crypto';
import type { PlainRecord } from '../../core/http/patch.ts';
import { ProblemError } from '../../core/http/problem.ts';
import type { ListQuery } from '../../core/http/list.ts';
import type { Entity } from '../../core/schema/entity.ts';

/** What a cursor is bound to: it continues this list and no other. */
export interface CursorScope {
  readonly entity: Entity;
  readonly query: ListQuery;
  /** Values of the query and its direction. */
  readonly asked: readonly unknown[];
}

const names = ({ entity, query }: CursorScope): string[] => [
  ...new Set([...entity.key, query.key.partition.name, ...(query.key.sort ? [query.key.sort.name] : [])]),
];

const digest = ({ entity, query, asked }: CursorScope, values: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify([entity.name, query.index ?? null, asked, values]))
    .digest('base64url')
    .slice(0, 16);

/** Where a list goes on, as text for the client to hand back. */
export const toCursor = (scope: CursorScope, last: PlainRecord): string => {
  const values = names(scope).map((name) => last[name]);
  return Buffer.from(JSON.stringify([digest(scope, values), ...values])).toString('base64url');
};

const parse = (text: string): unknown => {
  try {
    return /^[\w-]+$/.test(text) ? JSON.parse(Buffer.from(text, 'base64url').toString()) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The key after which a list goes on. Throws ProblemError `bad-cursor` for one that was changed,
 * or that another list gave. The digest is no secret: who makes a cursor up still stays in the asked partition.
 */
export const fromCursor = (scope: CursorScope, text: string): PlainRecord => {
  const [, ...values] = ([] as unknown[]).concat(parse(text));
  const { partition } = scope.query.key;
  const key = Object.fromEntries(names(scope).map((name, index) => [name, values[index]]));
  if (toCursor(scope, key) === text && key[partition.name] === scope.asked[0]) return key;
  throw new ProblemError(
    'bad-cursor',
    'The cursor is not from this list. Repeat the request that gave it, or start without a cursor.',
    { errors: [{ parameter: 'cursor', message: 'Not a cursor of this list' }] },
  );
};
