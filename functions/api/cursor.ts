import type { ListQuery } from '../../core/http/list.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { seal, unseal, type CursorKey, type Scope } from './seal.ts';

/** What a cursor is bound to: it continues this list of this caller and no other. */
export interface CursorScope {
  readonly entity: Entity;
  readonly query: ListQuery;
  /** Values of the query and its direction. */
  readonly asked: readonly unknown[];
  /** Subject of the token. */
  readonly caller: string;
}

const names = ({ entity, query }: CursorScope): string[] => [
  ...new Set([...entity.key, query.key.partition.name, ...(query.key.sort ? [query.key.sort.name] : [])]),
];

const partsOf = ({ entity, query, asked, caller }: CursorScope): Scope => [
  entity.name,
  query.index ?? null,
  asked,
  caller,
];

/** Where a list goes on, as text for the client to hand back. */
export const toCursor = (cursorKey: CursorKey, scope: CursorScope, last: PlainRecord): Promise<string> =>
  seal(
    cursorKey,
    partsOf(scope),
    names(scope).map((name) => last[name]),
  );

/** The key after which a list goes on. Throws ProblemError `bad-cursor` for one that another list or caller was given. */
export const fromCursor = async (
  cursorKey: CursorKey,
  scope: CursorScope,
  text: string,
): Promise<PlainRecord> => {
  const values = await unseal(cursorKey, partsOf(scope), text);
  return Object.fromEntries(names(scope).map((name, index) => [name, values[index]]));
};
