import * as z from 'zod';
import { grantSchema, type Grant } from '../access/grant.ts';
import { QueryError } from './error.ts';

/** A question to the lake that is kept in a file. A mart is one whose answer is kept too. */
export interface SavedQuery {
  readonly name: string;
  /** What it answers, in one sentence. */
  readonly question: string;
  /** When its answer is made anew: at every refresh, once a day, or never: then it is asked only. */
  readonly refresh: 'every' | 'daily' | 'never';
  /** Columns that identify a row of the answer and order it. */
  readonly key: readonly string[];
  /** Who may read the answer from the API. */
  readonly publish: readonly Grant[];
  /** Tables and views it reads. */
  readonly reads: readonly string[];
  /** What columns of the answer mean, by name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly sql: string;
  readonly assertions: readonly Assertion[];
}

/** Something that must hold of a mart: a question for the rows that break it. */
export interface Assertion {
  readonly holds: string;
  readonly sql: string;
}

/** One file of the queries folder. */
export interface QueryFile {
  /** Name without a folder: `daily_revenue.sql`. */
  readonly file: string;
  readonly text: string;
}

const words = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be names apart by commas')));

const grants = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(grantSchema));

const headerSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'must be lower snake case'),
  question: z.string().min(1),
  refresh: z.enum(['every', 'daily', 'never']),
  key: words.optional(),
  publish: grants.optional(),
  reads: words,
});

const HEADER_LINE = /^--\s*([a-z]+(?: [a-z][a-z0-9_]*)?):\s*(.*)$/;
const COLUMN = 'column ';

const isColumn = ([key]: [string, string]): boolean => key.startsWith(COLUMN);

interface Split {
  readonly header: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  readonly sql: string;
}

/** The `-- key: value` lines a file begins with, `-- column name: meaning` among them, and the rest of it. */
const splitHeader = ({ file, text }: QueryFile): Split => {
  const lines = text.split('\n');
  const found = lines.findIndex((line) => !HEADER_LINE.test(line));
  const end = found === -1 ? lines.length : found;
  const said = new Map<string, string>();
  for (const line of lines.slice(0, end)) {
    const [, key = '', value = ''] = HEADER_LINE.exec(line) ?? [];
    if (said.has(key)) throw new QueryError(file, `header "${key}"`, 'it stands there twice', 'Leave one');
    said.set(key, value.trim());
  }
  return {
    header: Object.fromEntries([...said].filter((entry) => !isColumn(entry))),
    columns: Object.fromEntries(
      [...said].filter(isColumn).map(([key, value]) => [key.slice(COLUMN.length), value]),
    ),
    sql: withoutEnd(lines.slice(end).join('\n')),
  };
};

/** Views and tables are made of the text, so it ends without a semicolon. */
const withoutEnd = (sql: string): string => sql.trim().replace(/;$/, '').trimEnd();

const problemOf = (file: string, issue: z.core.$ZodIssue): QueryError => {
  if (issue.code === 'unrecognized_keys')
    return new QueryError(
      file,
      `header "${issue.keys.join('", "')}"`,
      'nothing is called so',
      `Known are ${Object.keys(headerSchema.shape).join(', ')}`,
    );
  const place = issue.path[0] === undefined ? 'header' : `header "${String(issue.path[0])}"`;
  return new QueryError(file, place, issue.message, 'Write it as "-- key: value" at the top of the file');
};

/** Throws QueryError for what only the parts together tell. */
const check = (file: string, { name, refresh, key, publish, sql }: SavedQuery): void => {
  if (`${name}.sql` !== file)
    throw new QueryError(file, 'header "name"', `it says "${name}"`, `Call the file ${name}.sql`);
  if (refresh !== 'never' && key.length === 0)
    throw new QueryError(file, 'header "key"', 'a mart has rows to tell apart', 'Name the columns that do');
  if (refresh === 'never' && publish.length > 0)
    throw new QueryError(
      file,
      'header "publish"',
      'an answer that is not kept cannot be published',
      'Set refresh to every or daily',
    );
  if (publish.includes('owner'))
    throw new QueryError(file, 'header "publish"', 'an insight has no owner', 'Name a group or a scope');
  if (sql === '') throw new QueryError(file, 'text', 'there is no question', 'Write a SELECT');
};

const ASSERTION = /^--\s*assert:\s*(.+)$/m;

/** Takes a file of assertions apart: each is a line that says what must hold, and a SELECT of what breaks it. */
const parseAssertions = ({ file, text }: QueryFile): Assertion[] => {
  const [before = '', ...parts] = text.split(new RegExp(ASSERTION.source, 'gm'));
  if (before.trim() !== '' || parts.length === 0)
    throw new QueryError(
      file,
      'line 1',
      'it does not begin with an assertion',
      'Begin with "-- assert: <what must hold>", and a SELECT of the rows that break it',
    );
  return Array.from({ length: parts.length / 2 }, (_, index) => {
    const [holds = '', sql = ''] = parts.slice(index * 2, index * 2 + 2);
    if (withoutEnd(sql) === '')
      throw new QueryError(file, `assertion "${holds}"`, 'it has no SELECT', 'Write one under it');
    return { holds: holds.trim(), sql: withoutEnd(sql) };
  });
};

const assertionFile = (file: string): string => file.replace(/\.sql$/, '.assert.sql');

const parseQuery = (query: QueryFile, files: readonly QueryFile[]): SavedQuery => {
  const { header, columns, sql } = splitHeader(query);
  const { data, error } = headerSchema.safeParse(header);
  const issue = error?.issues[0];
  if (issue) throw problemOf(query.file, issue);
  const said = data as z.output<typeof headerSchema>;
  const assertions = files.find(({ file }) => file === assertionFile(query.file));
  const saved: SavedQuery = {
    ...said,
    key: said.key ?? [],
    publish: said.publish ?? [],
    columns,
    sql,
    assertions: assertions ? parseAssertions(assertions) : [],
  };
  check(query.file, saved);
  return saved;
};

const isAssertion = ({ file }: QueryFile): boolean => file.endsWith('.assert.sql');

/**
 * Reads the files of a queries folder. Throws QueryError that names file, place and cure.
 *
 * @example
 * parseQueries([{ file: 'big_orders.sql', text: '-- name: big_orders\n…' }])[0]?.question
 */
export const parseQueries = (files: readonly QueryFile[]): SavedQuery[] => {
  const queries = files.filter((file) => !isAssertion(file)).map((file) => parseQuery(file, files));
  const named = new Set(queries.map(({ name }) => `${name}.assert.sql`));
  const stray = files.find((file) => isAssertion(file) && !named.has(file.file));
  if (stray)
    throw new QueryError(stray.file, 'name', 'there is no query of this name', 'Rename it after its query');
  return queries;
};

/** The queries whose answers are kept. */
export const martsOf = (queries: readonly SavedQuery[]): SavedQuery[] =>
  queries.filter(({ refresh }) => refresh !== 'never');
