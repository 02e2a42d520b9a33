import { describe, expect, it } from 'vitest';
import { martsOf, parseQueries } from '../../../core/queries/parse.ts';

const HEADER = {
  name: 'sales',
  question: 'What was sold?',
  refresh: 'every',
  key: 'day, currency',
  publish: 'group:staff, scope:insights.read',
  reads: 'orders',
};

/** A file of a query, whose header says some things otherwise. */
const file = (changes: Readonly<Record<string, string | undefined>> = {}, sql = 'SELECT 1 AS n;') => {
  const lines = Object.entries({ ...HEADER, ...changes }).flatMap(([key, value]) =>
    value === undefined ? [] : [`-- ${key}: ${value}`],
  );
  return { file: 'sales.sql', text: [...lines, sql, ''].join('\n') };
};

const assertions = (text: string) => ({ file: 'sales.assert.sql', text });

const ONE = '-- assert: it holds\nSELECT 1 WHERE false;\n';

describe('a query file', () => {
  it('says in its header what it is, what it reads, and what its columns mean', () => {
    const [query] = parseQueries([file({ 'column n': 'How many' }), assertions(`${ONE}\n${ONE}`)]);

    expect(query).toEqual({
      name: 'sales',
      question: 'What was sold?',
      refresh: 'every',
      key: ['day', 'currency'],
      publish: ['group:staff', 'scope:insights.read'],
      reads: ['orders'],
      columns: { n: 'How many' },
      sql: 'SELECT 1 AS n',
      assertions: [1, 2].map(() => ({ holds: 'it holds', sql: 'SELECT 1 WHERE false' })),
    });
  });

  it('is a mart, unless it is never refreshed', () => {
    const saved = file({ refresh: 'never', publish: undefined, key: undefined });

    expect(martsOf(parseQueries([file()]))).toHaveLength(1);
    expect(martsOf(parseQueries([saved]))).toEqual([]);
  });

  it.each<[string, Parameters<typeof file>, string]>([
    ['another name than its file', [{ name: 'other' }], 'sales.sql, header "name": it says "other"'],
    ['no question', [{ question: undefined }], 'sales.sql, header "question"'],
    ['another refresh', [{ refresh: 'hourly' }], 'sales.sql, header "refresh"'],
    [
      'what nothing is called',
      [{ owner: 'me' }],
      'header "owner": nothing is called so. Known are name, question',
    ],
    ['no key of a mart', [{ key: undefined }], 'a mart has rows to tell apart. Name the columns that do'],
    ['readers of what is not kept', [{ refresh: 'never' }], 'an answer that is not kept cannot be published'],
    ['an owner', [{ publish: 'owner' }], 'an insight has no owner. Name a group or a scope'],
    ['a grant that is none', [{ publish: 'everybody' }], 'sales.sql, header "publish"'],
    ['nothing to ask', [{}, ''], 'there is no question. Write a SELECT'],
    ['something twice', [{}, '-- name: sales\nSELECT 1'], 'header "name": it stands there twice. Leave one'],
  ])('is refused with %s', (_, parameters, message) => {
    expect(() => parseQueries([file(...parameters)])).toThrow(message);
  });
});

describe('a file of assertions', () => {
  it.each([
    ['begins otherwise', 'SELECT 1', 'line 1: it does not begin with an assertion'],
    ['has one without a SELECT', `-- assert: it holds\n${ONE}`, 'assertion "it holds": it has no SELECT'],
  ])('is refused when it %s', (_, text, message) => {
    expect(() => parseQueries([file(), assertions(text)])).toThrow(message);
  });

  it('is refused when there is no query of its name', () => {
    expect(() => parseQueries([assertions(ONE)])).toThrow('sales.assert.sql, name: there is no query');
  });
});
