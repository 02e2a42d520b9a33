import { expect, test } from 'vitest';
import { due, type MartState } from '../../../core/marts/state.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';

const daily: SavedQuery = {
  name: 'people',
  question: 'How many are there?',
  refresh: 'daily',
  key: ['n'],
  publish: [],
  reads: ['customers'],
  columns: {},
  sql: 'SELECT count(*) AS n FROM {{customers}}',
  assertions: [],
};
const inputs = { definition: 'd', marks: { customer: ['later'] } };
const madeAtNoon = (rows: number): MartState => ({
  current: {
    run: 'r',
    at: '2026-11-25T12:00:00.000Z',
    definition: 'd',
    sources: { customer: 'earlier' },
    builtAt: '2026-11-25T12:00:01.000Z',
    rows,
    bytesScanned: 0,
    checks: [],
  },
});

test.each([
  ['waits for the next day, though something came', 1, 'nothing'],
  ['does not wait while it is empty: of a new store it shows what comes first', 0, 'build'],
])('a daily mart %s', (_, rows, todo) => {
  expect(due(daily, madeAtNoon(rows), { at: '2026-11-25T12:15:00.000Z', inputs, shown: 'r' }).todo).toBe(
    todo,
  );
});

test('an empty daily mart is left alone while nothing comes', () => {
  const marks = { customer: ['earlier'] };

  const { todo } = due(daily, madeAtNoon(0), {
    at: '2026-11-25T12:15:00.000Z',
    inputs: { ...inputs, marks },
    shown: 'r',
  });

  expect(todo).toBe('nothing');
});
