import { createHash } from 'node:crypto';
import type { Caller } from '../../../core/access/caller.ts';
import { ProblemError } from '../../../core/http/problem.ts';
import { hasExpired, rowsOf, versionOf, type InsightVersion } from '../../../core/insights/items.ts';
import { headKey, pageKey } from '../../../core/insights/table.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import type { Answer, HttpEvent } from '../call.ts';
import { checkedParameters } from '../list/parameters.ts';
import { isTagKnown } from '../record.ts';
import { badCursor, seal, unseal, type Scope } from '../seal.ts';
import type { Service } from '../service.ts';
import type { StoredItem } from '../store.ts';

/** A request for an insight that is the caller's to read. */
interface InsightCall {
  readonly query: SavedQuery;
  readonly caller: Caller;
  readonly event: HttpEvent;
}

/** A page of a version, counted from 0. */
interface Found {
  readonly version: InsightVersion;
  readonly page: number;
  readonly item: StoredItem;
}

/** One answer for what is unknown, another's, or not built yet. */
export const notThere = (): ProblemError =>
  new ProblemError(
    'not-found',
    'There is no such insight for you, or it is not built yet. GET /insights lists those you may read.',
  );

const scopeOf = ({ query, caller }: InsightCall): Scope => [`/insights/${query.name}`, caller.subject];

const firstPage = async ({ store, insights }: Service, { query }: InsightCall): Promise<Found> => {
  const item = await store.get({ TableName: insights.table, Key: headKey(query.name) });
  if (!item) throw notThere();
  return { version: versionOf(item), page: 0, item };
};

/** Written before their head, later pages may have come to fewer places than it: hence the consistent read. */
const laterPage = async (service: Service, call: InsightCall, cursor: string): Promise<Found> => {
  const { store, insights, cursorKey, now } = service;
  const sealed = await unseal(cursorKey, scopeOf(call), cursor);
  const [version, page] = sealed as readonly [InsightVersion, number];
  const Key = pageKey(call.query.name, version.version, page);
  const item = await store.get({ TableName: insights.table, Key, ConsistentRead: true });
  if (item && !hasExpired(item, now())) return { version, page, item };
  throw badCursor('The version this cursor is of is gone. Start without a cursor.');
};

const nextCursor = async (
  { cursorKey }: Service,
  call: InsightCall,
  { version, page }: Found,
): Promise<{ cursor?: string }> =>
  page + 1 < version.pages ? { cursor: await seal(cursorKey, scopeOf(call), [version, page + 1]) } : {};

/** A version never changes; what the deployment and the caller add to it may. */
const etagOf = ({ version, page }: Found, added: readonly unknown[]): string => {
  const digest = createHash('sha256').update(JSON.stringify(added)).digest('base64url');
  return `"${version.version}.${page}.${digest.slice(0, 8)}"`;
};

/** An answer to one caller, of data that is as old as it says. */
const headersOf = ({ builtAt }: InsightVersion, now: Date): Record<string, string> => {
  const builtMs = Date.parse(builtAt);
  return {
    'last-modified': new Date(builtMs).toUTCString(),
    age: String(Math.max(0, Math.floor((now.getTime() - builtMs) / 1000))),
    'cache-control': 'private, no-cache',
  };
};

const answerOf = async (service: Service, call: InsightCall, found: Found): Promise<Answer> => {
  const { name, question } = call.query;
  const { version, builtAt, rows } = found.version;
  const next = await nextCursor(service, call, found);
  const etag = etagOf(found, [question, next]);
  const headers = { etag, ...headersOf(found.version, service.now()) };
  if (isTagKnown(call.event, etag)) return { status: 304, headers };
  const body = { name, question, asOf: builtAt, version, rows, ...rowsOf(found.item), ...next };
  return { status: 200, headers, body };
};

/** Answers a page of an insight: the first of the current version, or the one a cursor leads to, of whatever version. */
export const readInsight = async (service: Service, call: InsightCall): Promise<Answer> => {
  const { cursor } = checkedParameters(call.event.rawQueryString, (name) =>
    name === 'cursor' ? undefined : 'There is no such parameter. Known is cursor',
  );
  const found =
    cursor === undefined ? await firstPage(service, call) : await laterPage(service, call, cursor);
  return answerOf(service, call, found);
};
