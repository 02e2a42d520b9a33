import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPRESSIONS, FAILURES, QUERIES } from './corpus.ts';
import { failure, openLake, run, type Lake } from './lake.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

describe('an expression has the type and prints the cell it has in Athena', () => {
  test.each(EXPRESSIONS)('%s', async (expression, type, cell) => {
    const { types, rows } = await run(lake, `SELECT ${expression}`);

    expect({ types, rows }).toEqual({ types: [type], rows: [[cell ?? undefined]] });
  });
});

describe('a query gives the rows it gives in Athena', () => {
  test.each(QUERIES)('%s', async (sql, expected) => {
    const { rows } = await run(lake, sql);

    expect(rows).toEqual(expected.map((row) => row.map((cell) => cell ?? undefined)));
  });
});

describe('a query that cannot run says why', () => {
  test.each(FAILURES)('%s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
  });
});
