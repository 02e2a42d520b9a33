import type { Entry } from '../../core/quarantine/entry.ts';
import { formats } from '../query/format.ts';
import { count, counted, print, say } from '../terminal.ts';
import { selectionOf, withQuarantine, type QuarantineOptions } from './open.ts';
import { select } from './select.ts';

/** A key of one part without its name. */
const keyText = (key: unknown, rows: number): string => {
  if (typeof key !== 'object' || key === null) return '';
  const values = Object.values(key) as unknown[];
  const text = values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(key);
  return rows > 1 ? `${text} and ${rows - 1} more` : text;
};

const LONGEST_WHY = 48;

/** The beginning of a long reason: `show` has all of it. */
const shortened = (why: string): string =>
  why.length > LONGEST_WHY ? `${why.slice(0, LONGEST_WHY - 1)}…` : why;

const COLUMNS = ['id', 'when', 'place', 'entity', 'key', 'why', 'tried', 'state'];

const rowOf = ({ id, when, place, entity, key, why, tried, rows, state }: Entry): (string | null)[] => [
  id,
  when?.replace(/\.\d+Z$/, 'Z') ?? null,
  place,
  entity,
  keyText(key, rows),
  shortened(why),
  String(tried),
  state,
];

/** Entries as a table for people. */
export const tableOf = (entries: readonly Entry[]): string =>
  formats.table?.({
    columns: COLUMNS.map((name) => ({ name, type: 'varchar' })),
    rows: entries.map(rowOf),
  }) ?? '';

/** Prints what fell out on its way to the lake. */
export const list = async (options: QuarantineOptions): Promise<void> =>
  withQuarantine(options, async ({ entries, schemas }) => {
    const selection = selectionOf(options, schemas);
    const found = select(await entries(), selection);
    if (options.json) return print(JSON.stringify(found, null, 2));
    if (found.length > 0) print(tableOf(found));
    const rows = found.reduce((sum, entry) => sum + entry.rows, 0);
    say(
      found.length === 0
        ? 'Nothing of the kind is in quarantine.'
        : `${count(found.length)} in quarantine, ${counted(rows, 'row')}`,
    );
  });
