import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkColumns, toInsightRow } from '../../../../core/insights/values.ts';
import { athenaAnswer } from '../../../../functions/shared/insights/athena-answer.ts';
import { openLake, run, type Lake } from '../../../local/athena/lake.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
});
afterAll(() => lake.destroy());

const answerOf = async (sql: string) => {
  const { execution } = await run(lake, sql);
  const { columns, rows } = await athenaAnswer(lake.athena, execution.QueryExecutionId ?? '');
  checkColumns('it', columns);
  return { columns, rows: (await Array.fromAsync(rows)).map((row) => toInsightRow(columns, row)) };
};

it('an answer of Athena is published as what its SQL says', async () => {
  const { columns, rows } = await answerOf(`
    SELECT DATE '2026-11-25' AS day, 'EUR' AS currency, '' AS empty, CAST(NULL AS varchar) AS nothing,
      CAST(3 AS bigint) AS orders, CAST(9007199254740993 AS bigint) AS large, 7 AS small, true AS yes,
      CAST('0.10' AS decimal(9, 2)) AS rate, 0.25e0 AS share, 1e10 AS many, CAST(NULL AS bigint) AS none,
      TIMESTAMP '2026-11-25 12:00:00.500' AS at`);

  expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toMatchObject({
    day: 'date',
    orders: 'bigint',
    rate: 'decimal',
    at: 'timestamp',
  });
  expect(rows).toEqual([
    {
      day: '2026-11-25',
      currency: 'EUR',
      empty: '',
      nothing: null,
      orders: 3,
      large: '9007199254740993',
      small: 7,
      yes: true,
      rate: '0.10',
      share: 0.25,
      many: 1e10,
      none: null,
      at: '2026-11-25T12:00:00.500Z',
    },
  ]);
});

it('an answer of several pages is read to its end, in order', async () => {
  const { rows } = await answerOf('SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n');

  expect(rows).toEqual(Array.from({ length: 2500 }, (_, index) => ({ n: index + 1 })));
});

it('an answer without rows has its columns', async () => {
  expect(await answerOf("SELECT 'a' AS letter WHERE false")).toEqual({
    columns: [{ name: 'letter', type: 'varchar' }],
    rows: [],
  });
});
