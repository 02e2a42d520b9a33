import { instant } from '../lake/sql.ts';
import { QueryError } from './error.ts';
import type { SavedQuery } from './parse.ts';
import type { Relation } from './relation.ts';

const PLACEHOLDER = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g;

/** The names in a text's placeholders. */
export const placeholdersOf = (sql: string): string[] =>
  [...sql.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

/** A text with nothing in the place of its placeholders. */
export const withoutPlaceholders = (sql: string): string => sql.replaceAll(PLACEHOLDER, '');

/** The time of whoever asks, in the precision of the lake. */
const NOW = 'CAST(current_timestamp AS timestamp(3))';

/** What stands in the place of `{{as_of}}`, `{{mart}}` and `{{<relation>}}`. */
export interface Expansion {
  readonly relations: ReadonlyMap<string, Relation>;
  /** Which lake: as it is, as far as it is merged, or as it was at an instant, ISO 8601. */
  readonly lake: 'now' | 'merged' | { readonly asOf: string };
  /** The time of the question, ISO 8601; left out, that of whoever asks, or the instant of the lake. */
  readonly at?: string | undefined;
  /** The table that holds the answer, for assertions. */
  readonly mart?: string | undefined;
}

const asOfText = ({ lake, at }: Expansion): string => {
  const moment = typeof lake === 'object' ? lake.asOf : at;
  return moment === undefined ? NOW : instant(moment);
};

const relationText = (relation: Relation, { lake }: Expansion): string =>
  typeof lake === 'object' ? relation.at(lake.asOf) : relation[lake];

const expandOne = (query: SavedQuery, name: string, expansion: Expansion): string => {
  if (name === 'as_of') return asOfText(expansion);
  if (name === 'mart' && expansion.mart !== undefined) return expansion.mart;
  const relation = expansion.relations.get(name);
  if (relation) return relationText(relation, expansion);
  throw new QueryError(
    `${query.name}.sql`,
    `"{{${name}}}"`,
    'nothing of the lake is called so',
    `Use as_of or one of ${[...expansion.relations.keys()].join(', ')}`,
  );
};

/**
 * A query's SQL, or that of one of its assertions, with every placeholder filled.
 *
 * @example
 * expand(query, query.sql, { relations, lake: 'now' }) // SELECT … FROM "tailrace_dev"."orders" …
 */
export const expand = (query: SavedQuery, sql: string, expansion: Expansion): string =>
  sql.replaceAll(PLACEHOLDER, (_, name: string) => expandOne(query, name, expansion));
