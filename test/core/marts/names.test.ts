import { expect, test } from 'vitest';
import { runInText, runOf, runOfTable, runPrefix, runTable } from '../../../core/marts/names.ts';

const RUN = '20261125t120000123';

test('a run is called after the instant it began, so that a later one sorts later', () => {
  expect(runOf('2026-11-25T12:00:00.123Z')).toBe(RUN);
  expect(runOf('2026-11-25T13:00:00.123+01:00')).toBe(RUN);
});

test('a table tells its mart and run, and belongs to no mart with a shorter name', () => {
  const table = runTable('daily_run_x', RUN);

  expect(runOfTable('daily_run_x', table)).toBe(RUN);
  expect(runOfTable('daily', table)).toBeUndefined();
  expect(runOfTable('daily', 'daily_run_of_somebody')).toBeUndefined();
});

test('a view tells the run it shows', () => {
  expect(runInText('daily', `SELECT "n" FROM "lake"."${runTable('daily', RUN)}"`)).toBe(RUN);
  expect(runInText('daily', 'SELECT "n" FROM "lake"."other"')).toBeUndefined();
});

test('the files of a run lie in a folder of their own', () => {
  expect(runPrefix('daily', RUN)).toBe(`marts/daily/${RUN}/`);
});
