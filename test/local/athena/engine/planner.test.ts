import { afterAll, describe, expect, test } from 'vitest';
import { openPlanner } from '../../../../local/athena/engine/planner.ts';
import { analyzed, tableOf } from '../analysis.ts';

const CHANGES = tableOf(
  'changes',
  {
    id: 'string',
    seq: 'bigint',
    total: 'struct<amount:bigint,currency:string>',
    lines: 'array<struct<sku:string>>',
  },
  { dt: 'string' },
);

const planner = openPlanner();

afterAll(() => planner.close());

/** The columns a query reads of `changes`, a list for each time it reads the table. */
const columnsRead = async (sql: string) => {
  const query = analyzed(sql, [CHANGES]);
  const tables = query.uses.map(({ alias }) => ({ alias, columns: CHANGES.columns }));
  const reads = await planner.columnsRead(query.sql, tables);
  return query.uses.flatMap(({ alias }) =>
    (reads.get(alias) ?? []).map((read) => read.map((path) => path.join('.')).toSorted()),
  );
};

describe('a query reads', () => {
  test.each([
    ['SELECT count(*) FROM changes', [[]]],
    ['SELECT id FROM changes', [['id']]],
    ['SELECT id FROM changes WHERE seq > 1', [['id', 'seq']]],
    ["SELECT id FROM changes WHERE seq IN (1, 2) AND dt = 'x'", [['dt', 'id', 'seq']]],
    ['SELECT total.amount FROM changes', [['total.amount']]],
    ['SELECT total FROM changes', [['total']]],
    ['SELECT lines[1].sku FROM changes', [['lines']]],
    ['SELECT l.sku FROM changes CROSS JOIN UNNEST(lines) AS l(sku)', [['lines']]],
    ['SELECT x FROM (SELECT total.currency AS x, * FROM changes)', [['total.currency']]],
    ['SELECT 1 FROM changes ORDER BY id', [['id']]],
    [
      'SELECT x FROM (SELECT id AS x, row_number() OVER (ORDER BY seq) AS y FROM changes) WHERE y = 1',
      [['id', 'seq']],
    ],
    ['SELECT x FROM (SELECT id AS x, row_number() OVER (ORDER BY seq) AS y FROM changes)', [['id', 'seq']]],
    ['SELECT id FROM changes UNION ALL SELECT dt FROM changes', [['id'], ['dt']]],
    ['SELECT a.id FROM changes a JOIN changes b ON a.id = b.id AND b.seq = 1', [['id'], ['id', 'seq']]],
    [
      'SELECT id FROM changes a WHERE EXISTS (SELECT 1 FROM changes b WHERE b.seq = a.seq)',
      [['id', 'seq'], ['seq']],
    ],
    [
      'WITH c AS (SELECT * FROM changes) SELECT a.id, b.total.amount FROM c a JOIN c b ON a.id = b.id',
      [['id'], ['id', 'total.amount']],
    ],
  ])('%s', async (sql, columns) => {
    expect(await columnsRead(sql)).toEqual(columns);
  });

  test('a WITH query for each use, unless the uses double and double', async () => {
    const doubled = (times: number) => {
      const steps = Array.from(
        { length: times },
        (_, n) => `s${n + 1} AS (SELECT a.id FROM s${n} a JOIN s${n} b ON a.id = b.id)`,
      );
      return columnsRead(
        `WITH ${['s0 AS (SELECT id FROM changes)', ...steps].join(', ')} SELECT id FROM s${times}`,
      );
    };

    expect(await doubled(4)).toHaveLength(16);
    expect(await doubled(30)).toHaveLength(1);
  });
});
