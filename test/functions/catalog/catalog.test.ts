import { describe, expect, test } from 'vitest';
import { runStatements, type CatalogPorts, type ExecutionState } from '../../../functions/catalog/run.ts';
import { updateCatalog } from '../../../functions/catalog/catalog.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';

/** An Athena whose executions pass through the states of a script, one a poll; the last one stays. */
const fakeAthena = (script: (sql: string) => readonly ExecutionState[], remaining = 60_000) => {
  const executions = new Map<string, ExecutionState[]>();
  const waits: number[] = [];
  const seen = { running: 0, most: 0, sql: [] as string[] };
  const ports: CatalogPorts = {
    start: async (sql) => {
      const executionId = `e${executions.size + 1}`;
      executions.set(executionId, [...script(sql)]);
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      seen.sql.push(sql);
      return executionId;
    },
    poll: async (executionId) => {
      const states = executions.get(executionId) ?? [];
      const state = states.length > 1 ? states.shift() : states[0];
      if (state?.state !== 'QUEUED' && state?.state !== 'RUNNING') seen.running -= 1;
      return state ?? { state: 'UNKNOWN', reason: undefined };
    },
    wait: async (delay) => {
      waits.push(delay);
    },
    remaining: () => remaining,
  };
  return { ports, seen, waits };
};

const at = (state: string, reason?: string): ExecutionState => ({ state, reason });

const listsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => [{ name: `db.v${index}`, sql: `statement ${index}` }]);

test('tables come before views, a view before what reads it, and comments last', async () => {
  const { ports, seen } = fakeAthena(() => [at('SUCCEEDED')]);
  const described: string[] = [];
  const world = {
    ...ports,
    documents: { read: async () => undefined },
    catalog: {
      columns: async () => undefined,
      describe: async (view: string) => void described.push(view),
    },
  };

  const views = await updateCatalog(world, { database: 'tailrace_dev', bucket: 'lake' }, [customer, order]);

  expect(views).toEqual(['customers', 'customers_history', 'orders', 'orders_history', 'order_lines']);
  expect(described).toEqual(views);
  const made = seen.sql.map((sql) => /^CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) \S+/.exec(sql)?.[0]);
  expect(made.slice(0, 4).every((statement) => statement?.startsWith('CREATE TABLE'))).toBe(true);
  expect(made.indexOf('CREATE OR REPLACE VIEW "tailrace_dev"."order_lines"')).toBeGreaterThan(
    made.indexOf('CREATE OR REPLACE VIEW "tailrace_dev"."orders"'),
  );
});

describe('running statements', () => {
  test('waits for each, longer from poll to poll', async () => {
    const { ports, waits } = fakeAthena(() => [
      ...Array.from({ length: 6 }, () => at('RUNNING')),
      at('SUCCEEDED'),
    ]);

    await runStatements(ports, listsOf(1));

    expect(waits).toEqual([100, 200, 400, 800, 1600, 2000]);
  });

  test('runs at most five at a time, and all of them', async () => {
    const { ports, seen } = fakeAthena(() => [at('QUEUED'), at('RUNNING'), at('SUCCEEDED')]);

    await runStatements(ports, listsOf(12));

    expect(seen.most).toBe(5);
    expect(seen.sql.toSorted()).toEqual(
      listsOf(12)
        .flat()
        .map(({ sql }) => sql)
        .toSorted(),
    );
  });

  test.each([
    [at('FAILED', 'line 1:8: mismatched input'), 'FAILED: line 1:8: mismatched input'],
    [at('CANCELLED'), 'CANCELLED: Athena gave no reason'],
  ])('throws what was to be made and the reason of one that ends %o', async (end, said) => {
    const { ports } = fakeAthena((sql) => (sql === 'statement 1' ? [end] : [at('SUCCEEDED')]));

    const answer = runStatements(ports, listsOf(3));

    await expect(answer).rejects.toThrow(`db.v1 was not made: ${said}`);
  });

  test('throws when time runs out', async () => {
    const { ports } = fakeAthena(() => [at('RUNNING')], 50);

    const answer = runStatements(ports, listsOf(1));

    await expect(answer).rejects.toThrow(
      'db.v0 was not made: execution e1 was still RUNNING when time ran out',
    );
  });
});
