import type { Relation } from '../../lake/relations.ts';

const KEYWORDS = [
  'SELECT, FROM, WHERE, GROUP BY, ORDER BY, HAVING, LIMIT, JOIN, LEFT JOIN, ON, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, AS, DISTINCT',
  'WITH, UNION ALL, CASE, WHEN, THEN, ELSE, END, DESC, TIMESTAMP, count(*), sum(, avg(, min(, max(, date_trunc(, CAST(',
].flatMap((words) => words.split(', '));

type Names = readonly Pick<Relation, 'name' | 'columns'>[];

const AFTER_TABLE_WORD = /\b(?:FROM|JOIN|DESCRIBE|INTO)\s+\w*$/i;

const sortedOnce = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

/** The relation that stands before a dot: by its name, or by what the statement calls it. */
const qualifierOf = (typed: string, name: string): string => {
  const alias = new RegExp(String.raw`\b(\w+)\s+(?:AS\s+)?${name}\b`, 'i').exec(typed);
  return alias?.[1] ?? name;
};

const columnsOf = (relations: Names): string[] =>
  relations.flatMap(({ columns }) => columns.map((column) => column.name));

/** What may stand at the end of a text: tables after FROM, columns of the tables that are named, keywords. */
const candidates = (relations: Names, typed: string): string[] => {
  const [, qualifier] = /(\w+)\.\w*$/.exec(typed) ?? [];
  if (qualifier !== undefined) {
    const names = new Set([qualifier, qualifierOf(typed, qualifier)].map((name) => name.toLowerCase()));
    return sortedOnce(columnsOf(relations.filter(({ name }) => names.has(name))));
  }
  const tables = relations.map(({ name }) => name);
  if (AFTER_TABLE_WORD.test(typed)) return sortedOnce(tables);
  const words = new Set(typed.toLowerCase().match(/\w+/g));
  const named = relations.filter(({ name }) => words.has(name));
  const columns = columnsOf(named.length > 0 ? named : relations);
  return [...sortedOnce([...columns, ...tables]), ...KEYWORDS];
};

/**
 * Completes the word a text ends with, as node:readline asks for it: the words it may become, and the word. `before` is what was typed
 * of the statement in earlier lines.
 *
 * @example
 * complete(relations, '', 'SELECT * FROM ord') // [['order_lines', 'orders', …], 'ord']
 */
export const complete = (relations: Names, before: string, line: string): [string[], string] => {
  const [word = ''] = /[\w(]*$/.exec(line) ?? [];
  const found = candidates(relations, `${before}\n${line}`).filter((name) =>
    name.toLowerCase().startsWith(word.toLowerCase()),
  );
  return [word === '' && !/[\s.]$/.test(line) ? [] : found, word];
};
