import type { LakePlace } from '../lake/views/tail.ts';
import type { Schema } from '../schema/load.ts';
import { QueryError } from './error.ts';
import { placeholdersOf, withoutPlaceholders } from './expand.ts';
import type { SavedQuery } from './parse.ts';
import { lakeNames, relationsOf } from './relation.ts';

const NOWHERE: LakePlace = { database: '', bucket: '' };

/** Braces that hold no name are no placeholder, and Athena would be sent them. */
const checkBraces = (file: string, place: string, sql: string): void => {
  const stray = /\{\{[^}]*\}\}/.exec(withoutPlaceholders(sql))?.[0];
  if (stray !== undefined)
    throw new QueryError(
      file,
      place,
      `"${stray}" is no placeholder`,
      'Write {{a_name}}, in lower snake case',
    );
};

const checkReads = ({ name, reads, sql }: SavedQuery, known: readonly string[]): void => {
  const unknown = reads.find((relation) => !known.includes(relation));
  if (unknown !== undefined)
    throw new QueryError(
      `${name}.sql`,
      'header "reads"',
      `no schema makes "${unknown}"`,
      `Use one of ${known.join(', ')}`,
    );
  checkBraces(`${name}.sql`, 'text', sql);
  const silent = placeholdersOf(sql).find((used) => used !== 'as_of' && !reads.includes(used));
  if (silent !== undefined)
    throw new QueryError(
      `${name}.sql`,
      `"{{${silent}}}"`,
      'the header does not say that it is read',
      'Add it to "reads"',
    );
};

/** An assertion that reads more than its mart would be checked when the mart is not. */
const checkAssertions = ({ name, reads, assertions }: SavedQuery): void => {
  const known = new Set(['as_of', 'mart', ...reads]);
  for (const { holds, sql } of assertions) {
    checkBraces(`${name}.assert.sql`, `assertion "${holds}"`, sql);
    const other = placeholdersOf(sql).find((used) => !known.has(used));
    if (other !== undefined)
      throw new QueryError(
        `${name}.assert.sql`,
        `assertion "${holds}"`,
        `the mart does not read "${other}"`,
        `Use mart, as_of or one of ${reads.join(', ')}`,
      );
  }
};

const checkName = ({ name, refresh }: SavedQuery, taken: ReadonlySet<string>): void => {
  if (refresh !== 'never' && taken.has(name))
    throw new QueryError(
      `${name}.sql`,
      'header "name"',
      'a table or view of the lake is called so',
      'Give the mart a name of its own',
    );
};

/**
 * Throws QueryError for a query that reads what no schema makes, or what it does not say, and for a mart with the name of a
 * table.
 *
 * @example
 * checkQueries(await loadQueries('queries'), schemas);
 */
export const checkQueries = (queries: readonly SavedQuery[], schemas: readonly Schema[]): void => {
  const known = [...relationsOf(schemas, NOWHERE).keys()];
  const taken = lakeNames(schemas, NOWHERE);
  for (const query of queries) {
    checkReads(query, known);
    checkAssertions(query);
    checkName(query, taken);
  }
};
