import { plainTable } from '../table.ts';
import { bytes, count, span } from '../terminal.ts';
import type { Measured } from './measure.ts';

const NOTHING = '–';

const KINDS: Readonly<Record<Measured['kind'], string>> = {
  view: 'view',
  iceberg: 'table',
  table: 'table',
  log: 'log',
};

const rowsOf = ({ rows }: Measured): string => (rows === null ? '?' : count(rows));
const sizeOf = ({ bytes: size }: Measured): string => (size === null ? NOTHING : bytes(size));
const ageOf = ({ newest }: Measured, now: Date): string =>
  newest === null ? NOTHING : `${span(now.getTime() - Date.parse(newest))} ago`;

const problems = (relations: readonly Measured[]): string[] =>
  relations.flatMap(({ name, problem }) => (problem ? [`${name} could not be counted: ${problem}`] : []));

/** Relations for people, a line each. */
export const listText = (relations: readonly Measured[], now: Date): string => {
  const rows = relations.map((relation) => [
    relation.name,
    KINDS[relation.kind],
    rowsOf(relation),
    sizeOf(relation),
    ageOf(relation, now),
    relation.comment,
  ]);
  const table = plainTable(['name', 'kind', 'rows', 'size', 'newest', 'what it is'], rows, [2, 3]);
  return [table, ...problems(relations)].join('\n');
};

/** One relation for people: what it holds, then its columns. */
export const relationText = (relation: Measured, now: Date): string => {
  const facts = [KINDS[relation.kind], `${rowsOf(relation)} rows`, sizeOf(relation), ageOf(relation, now)];
  return [
    ...(relation.comment === '' ? [relation.name] : [`${relation.name}: ${relation.comment}`]),
    facts.filter((fact) => fact !== NOTHING).join(', '),
    ...problems([relation]),
    plainTable(
      ['column', 'type', 'what it is'],
      relation.columns.map(({ name, type, comment }) => [name, type, comment]),
    ),
  ].join('\n');
};
