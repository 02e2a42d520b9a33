import { MARTS_PREFIX } from '../deployment.ts';

/**
 * What a run of the marts is called, by the instant it began: a later one sorts later.
 *
 * @example
 * runOf('2026-11-25T12:00:00.123Z') // 20261125t120000123
 */
export const runOf = (at: string): string =>
  new Date(at)
    .toISOString()
    .replaceAll(/[-:.Z]/g, '')
    .toLowerCase();

const infix = '_run_';

/** The table a run of a mart writes. */
export const runTable = (mart: string, run: string): string => `${mart}${infix}${run}`;

/** The run that wrote a table, if it is one of the mart's: `daily` has no part in the tables of `daily_run_x`. */
export const runOfTable = (mart: string, table: string): string | undefined => {
  const run = table.startsWith(`${mart}${infix}`) ? table.slice(mart.length + infix.length) : '';
  return /^\d{8}t\d{9}$/.test(run) ? run : undefined;
};

/** Whether a table is a run of some mart: nobody asks it by its name, but through the view of its mart. */
export const isRunTable = (table: string): boolean => /_run_\d{8}t\d{9}$/.test(table);

/** The run whose table a statement reads first, such as that of the mart's view. */
export const runInText = (mart: string, sql: string): string | undefined =>
  [...sql.matchAll(/"([^"]+)"/g)].map(([, name = '']) => runOfTable(mart, name)).find(Boolean);

/** Where the files of all runs of a mart lie, in the lake bucket. */
export const martPrefix = (mart: string): string => `${MARTS_PREFIX}${mart}/`;

/** Where the files of one run lie. */
export const runPrefix = (mart: string, run: string): string => `${martPrefix(mart)}${run}/`;
