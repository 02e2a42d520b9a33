import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../local/states/json.ts';
import { file, NOW, refreshWorld } from '../../functions/refresh/world.ts';
import { trace } from '../../local/states/trace.ts';
import { definition, EXECUTION, failed, killed, refresh, SCANNED } from './machine.ts';

const beginnings = (statements: readonly string[], entity: string): string[] =>
  statements.filter((sql) => sql.includes(entity)).map((sql) => /^[A-Z]+(?: [A-Z]+)*/.exec(sql)?.[0] ?? sql);

describe('a refresh', () => {
  test('makes tables, merges, publishes and mends, in this order', async () => {
    const world = refreshWorld([file('2026-11-25', 'a')]);

    const { outcome, output, statements } = await refresh(world);

    expect(outcome.status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      status: 'refreshed',
      outcomes: [{ name: 'customer' }, { name: 'order' }],
    });
    expect(beginnings(statements, '"orders_changes"').slice(0, 3)).toEqual([
      'SELECT CAST',
      'MERGE INTO',
      'MERGE INTO',
    ]);
    const orders = beginnings(statements, 'orders_');
    expect(orders.indexOf('CREATE TABLE IF NOT EXISTS')).toBeLessThan(orders.indexOf('MERGE INTO'));
    expect(orders.lastIndexOf('MERGE INTO')).toBeLessThan(orders.indexOf('CREATE OR REPLACE VIEW'));
    expect(orders.slice(-3)).toEqual(['OPTIMIZE', 'VACUUM', 'VACUUM']);
    expect(world.described).toContain('order_lines');
  });

  test('merges every file once, a hundred at a time', async () => {
    const files = Array.from({ length: 230 }, (_, index) => file('2026-11-25', `f${index}`));
    const world = refreshWorld(files);

    const { statements } = await refresh(world);

    const merges = statements.filter((sql) => sql.startsWith('MERGE INTO "lake"."orders_current"'));
    const merged = merges.flatMap((sql) => sql.match(/f\d+\.parquet/g) ?? []);
    expect(merges).toHaveLength(3);
    expect(new Set(merged)).toEqual(new Set(files.map(({ name }) => name.split('/')[1])));
    expect(merged).toHaveLength(files.length);
  });

  test('asks Athena nothing when there is nothing to do', async () => {
    const world = refreshWorld([file('2026-11-25', 'a')]);
    await refresh(world);

    const { statements, output } = await refresh(world);

    expect(output).toMatchObject({ status: 'refreshed' });
    expect(statements.filter((sql) => !sql.startsWith('CREATE TABLE'))).toEqual([]);
  });

  test('ends at once, and says who runs, while another does', async () => {
    const world = refreshWorld([], { running: ['other'] });
    await world.step({ step: 'begin', execution: 'other' });

    const { outcome, output, path, statements } = await refresh(world);

    expect(outcome.status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ status: 'busy', by: 'other' });
    expect(path).toEqual(['Begin', 'Is ours', 'Busy']);
    expect(statements).toEqual([]);
  });

  test('tries again when somebody else has committed, or there is more to do', async () => {
    const world = refreshWorld([file('2026-11-25', 'a')]);
    const left = new Map([
      ['MERGE', 'ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: lake.orders_current'],
      ['OPTIMIZE', 'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: run again'],
    ]);

    const { outcome, statements } = await refresh(world, {
      athena: (sql) => {
        const kind = sql.split(' ')[0] ?? '';
        const reason = left.get(kind);
        left.delete(kind);
        if (reason) throw failed(reason);
      },
    });

    expect(outcome.status).toBe('SUCCEEDED');
    expect(statements.filter((sql) => sql.startsWith('OPTIMIZE'))).toHaveLength(3);
  });

  test('gives up after ten tries', async () => {
    const world = refreshWorld([file('2026-11-25', 'a')]);

    const { outcome, statements } = await refresh(world, {
      athena: (sql) => {
        if (sql.startsWith('MERGE INTO "lake"."orders_current"')) throw failed('ICEBERG_COMMIT_ERROR: again');
      },
    });

    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RefreshFailed' });
    expect(statements.filter((sql) => sql.startsWith('MERGE INTO "lake"."orders_current"'))).toHaveLength(10);
  });

  test('that fails for one entity goes on with the others, says why, and lets the next one begin', async () => {
    const world = refreshWorld([file('2026-11-25', 'a')]);

    const { outcome } = await refresh(world, {
      athena: (sql) => {
        if (sql.includes('orders_versions') && sql.startsWith('MERGE'))
          throw failed('line 1:8: Column "x" cannot be resolved');
      },
    });

    expect(outcome).toMatchObject({
      status: 'FAILED',
      cause: 'order: StatementFailed: line 1:8: Column "x" cannot be resolved',
    });
    expect(world.described).toContain('customers');
    expect(world.described).not.toContain('orders');
    expect(await world.step({ step: 'begin', execution: 'next' })).toMatchObject({ status: 'begun' });
  });

  test('keeps what it did: since when, how many files it merged, what it scanned, and why an entity failed', async () => {
    const world = refreshWorld([file('2026-11-25', 'a'), file('2026-11-25', 'b')]);
    const breaks = (sql: string) => sql.startsWith('MERGE INTO "lake"."orders_versions"');

    const { statements } = await refresh(world, {
      athena: (sql) => {
        if (breaks(sql)) throw failed('it broke');
      },
    });

    const ofOrders = statements.filter((sql) => sql.includes('orders_') && !breaks(sql)).length;
    const ofCustomers = statements.filter((sql) => !sql.includes('orders_')).length;
    expect(await world.documents.read('state/refresh.json')).toMatchObject({
      value: {
        runs: [
          {
            execution: EXECUTION,
            startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
            endedAt: NOW.toISOString(),
            outcomes: [
              { name: 'customer', merged: 2, scanned: ofCustomers * SCANNED },
              { name: 'order', merged: 0, scanned: ofOrders * SCANNED, error: 'StatementFailed: it broke' },
            ],
          },
        ],
      },
    });
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'killed at its statement %i and started again merges all, and its end is the same',
    async (position) => {
      const world = refreshWorld([file('2026-11-25', 'a')]);
      let seen = -1;
      await refresh(world, {
        athena: () => {
          seen += 1;
          if (seen >= position) throw killed();
        },
      });

      const { output } = await refresh(world);
      const calm = await refresh(world);

      expect(output).toMatchObject({ status: 'refreshed' });
      expect(calm.statements.filter((sql) => !sql.startsWith('CREATE TABLE'))).toEqual([]);
      expect([...world.kept.values()]).toContainEqual(
        expect.objectContaining({ value: expect.objectContaining({ isPublished: true }) as unknown }),
      );
    },
  );

  test('is known by the execution it is', async () => {
    const world = refreshWorld();
    const asked: Json[] = [];

    await trace(definition, {
      task: async ({ parameters }) => {
        const { Payload } = parameters as { Payload: JsonObject };
        if (Payload['step'] === 'begin') asked.push(Payload['execution'] ?? null);
        return { Payload: (await world.step(Payload)) as Json };
      },
    });

    expect(asked).toEqual([EXECUTION]);
  });
});
