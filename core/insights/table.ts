import type { KeyAttribute, KeySchema } from '../table/definition.ts';

/**
 * The table of insights, one a deployment: the answers of the marts that are published, in pages, for the API to read.
 * It can be made anew from the lake at any time.
 */
export const INSIGHTS: {
  readonly key: KeySchema & { readonly sort: KeyAttribute };
  readonly timeToLive: string;
} = {
  key: { partition: { name: 'name', type: 'S' }, sort: { name: 'page', type: 'S' } },
  timeToLive: 'expiresAt',
};

type Key = Readonly<Record<'name' | 'page', { readonly S: string }>>;

const keyOf = (name: string, page: string): Key => ({ name: { S: name }, page: { S: page } });

/** What versions of an insight are called: later ones sort later, such as `20261125t120000`. */
export const VERSION = /^[A-Za-z0-9][\w.:-]{0,63}$/;

/** Where the pages of one version lie. */
export const versionName = (name: string, version: string): string => `${name}#${version}`;

/** The key of the current version: its first page, and what all its pages have in common. */
export const headKey = (name: string): Key => keyOf(name, 'head');

/** The key of what the publisher has still to clear away. */
export const ledgerKey = (name: string): Key => keyOf(name, 'versions');

/** The key of a page after the first, which is page 0 and lies in the head. */
export const pageKey = (name: string, version: string, page: number): Key =>
  keyOf(versionName(name, version), String(page).padStart(6, '0'));
