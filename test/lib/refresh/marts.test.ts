import { beforeEach, describe, expect, test } from 'vitest';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import { file, refreshWorld, type RefreshWorld } from '../../functions/refresh/world.ts';
import { martOf } from '../../functions/insights.ts';
import { failed, killed, refresh } from './machine.ts';

const QUIET: Partial<SavedQuery> = { publish: [] };
const mart = (name: string, more: Partial<SavedQuery> = {}): SavedQuery => ({
  ...martOf(name),
  reads: ['orders'],
  sql: 'SELECT count(*) AS n FROM {{orders}}',
  columns: { n: 'How many' },
  ...more,
});

const revenue = mart('revenue');
const FIRST = '20261125t120000000';
const SECOND = '20261125t121500000';

let world: RefreshWorld;

/** A world whose marts are these, with one file of orders to merge. */
const open = (...queries: SavedQuery[]): void => {
  world = refreshWorld([file('2026-11-25', 'a')], { queries });
};

/** A quarter of an hour, or so many minutes, pass. */
const later = (minutes = 15): void => {
  world.clock.now = new Date(world.clock.now.getTime() + minutes * 60_000);
};

const arrive = (name: string): void => void world.files.push(file('2026-11-25', name));

const ofMarts = (statements: readonly string[]): string[] =>
  statements.filter((sql) => /_run_|AS\nSELECT "n"/.test(sql));

const kinds = (statements: readonly string[]): string[] =>
  ofMarts(statements).map((sql) => /^[A-Z]+(?: [A-Z]+)*/.exec(sql)?.[0] ?? sql);

const state = (name: string) => world.kept.get(`state/marts/${name}.json`)?.value as Record<string, unknown>;

/** The run that readers of a mart see. */
const shown = (name: string): string | undefined => /_run_(\w+)/.exec(world.views.get(name) ?? '')?.[1];

/** Breaks the first check of one mart for so many rows. */
const breaking = (name: string, rows: number) => ({
  checks: (sql: string) => [
    ['0', '3'],
    ['1', sql.includes(`"${name}_run_`) ? String(rows) : '0'],
    ['2', '0'],
  ],
});

beforeEach(() => open(revenue));

describe('a mart', () => {
  test('is written where nobody reads it, checked, shown and published, in this order', async () => {
    const { output, statements } = await refresh(world);

    expect(kinds(statements)).toEqual(['CREATE TABLE', 'SELECT', 'CREATE OR REPLACE VIEW', 'SELECT']);
    expect(shown('revenue')).toBe(FIRST);
    expect(world.published).toEqual([
      {
        name: 'revenue',
        version: FIRST,
        builtAt: '2026-11-25T12:00:00.000Z',
        queryId: expect.any(String) as string,
      },
    ]);
    expect(output).toMatchObject({
      outcomes: [{ name: 'customer' }, { name: 'order' }, { name: 'revenue', mart: 'built' }],
    });
    expect(world.described).toContain('revenue');
    expect(state('revenue')).toMatchObject({
      current: {
        run: FIRST,
        rows: 3,
        bytesScanned: 77,
        checks: ['every row has n', 'no two rows have the same n'],
      },
      published: FIRST,
    });
  });

  test('is of what is merged, and of the instant the refresh began', async () => {
    open(mart('features', { ...QUIET, sql: 'SELECT {{as_of}} AS n FROM {{orders}}' }));

    const { statements } = await refresh(world);

    const [build = ''] = ofMarts(statements);
    expect(build).toContain(`TIMESTAMP '2026-11-25 12:00:00.000'`);
    expect(build).toContain('"lake"."orders_current"');
    expect(build).not.toContain('orders_changes');
  });

  test('that nobody publishes is in the lake only', async () => {
    open(mart('revenue', QUIET));

    const { statements } = await refresh(world);

    expect(kinds(statements)).toEqual(['CREATE TABLE', 'SELECT', 'CREATE OR REPLACE VIEW']);
    expect(world.published).toEqual([]);
  });
});

describe('a mart that does not hold', () => {
  test('fails the refresh by name, with what must hold and how many rows break it; good data stay', async () => {
    open(revenue, mart('stock'));
    await refresh(world);
    later();
    arrive('b');

    const { outcome } = await refresh(world, breaking('revenue', 2));

    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'RefreshFailed',
      cause: `revenue: every row has n: 2 rows break it (revenue_run_${SECOND})`,
    });
    expect([shown('revenue'), shown('stock')]).toEqual([FIRST, SECOND]);
    expect(world.published.map(({ name, version }) => `${name} ${version}`)).toEqual([
      `revenue ${FIRST}`,
      `stock ${FIRST}`,
      `stock ${SECOND}`,
    ]);
    expect(world.tables).toContain(`revenue_run_${FIRST}`);
  });

  test('says so again without asking Athena, until something changes; then it is made anew', async () => {
    await refresh(world, breaking('revenue', 1));
    later();
    const again = await refresh(world);
    later();
    arrive('b');
    const cured = await refresh(world);

    expect(again.outcome).toMatchObject({ status: 'FAILED' });
    expect(ofMarts(again.statements)).toEqual([]);
    expect(cured.outcome.status).toBe('SUCCEEDED');
    expect(state('revenue')['failed']).toBeUndefined();
  });

  test('leaves one run to look at, however often it fails', async () => {
    await refresh(world);
    for (const name of ['b', 'c', 'd']) {
      later();
      arrive(name);
      await refresh(world, breaking('revenue', 1));
    }

    expect([...world.tables]).toEqual([`revenue_run_${FIRST}`, 'revenue_run_20261125t124500000']);
    expect(world.objects.size).toBe(2);
  });
});

describe('a statement that fails', () => {
  test('fails its mart, in the words of Athena, and no other', async () => {
    open(revenue, mart('stock'));

    const { outcome } = await refresh(world, {
      athena: (sql) => {
        if (sql.startsWith('CREATE TABLE "lake"."revenue'))
          throw failed(`line 1:8: Column "x" cannot\nbe "resolved"`);
      },
    });

    expect(outcome).toMatchObject({
      status: 'FAILED',
      cause: `revenue: line 1:8: Column "x" cannot\nbe "resolved"`,
    });
    expect([shown('revenue'), shown('stock')]).toEqual([undefined, FIRST]);
  });

  test('that is too long for Athena is told before it is sent', async () => {
    const sql = `SELECT count(*) AS n FROM {{orders}} -- ${'x'.repeat(250_000)}`;
    open(mart('revenue', { sql }), mart('stock'));

    const { outcome } = await refresh(world);

    expect((outcome as { cause: string }).cause).toMatch(/^revenue: A statement of revenue has \d+ bytes/);
    expect(shown('stock')).toBe(FIRST);
  });
});

describe('a mart whose source failed', () => {
  test('is kept as it is: it is not made of what is merged by half', async () => {
    open(revenue, mart('people', { reads: ['customers'], sql: 'SELECT count(*) AS n FROM {{customers}}' }));

    const { outcome, events } = await refresh(world, {
      athena: (sql) => {
        if (sql.startsWith('MERGE INTO "lake"."orders_current"')) throw failed('no');
      },
    });

    expect(outcome).toMatchObject({ status: 'FAILED', cause: 'order: StatementFailed: no' });
    expect([shown('revenue'), shown('people')]).toEqual([undefined, FIRST]);
    expect(JSON.stringify(events)).toContain(String.raw`\"mart\":\"kept\",\"why\":\"order failed\"`);
  });
});

describe('a mart is made anew', () => {
  const everyDay = { refresh: 'daily' } as const;
  const asOf = { sql: 'SELECT count(*) AS n FROM {{orders}} WHERE placed_at <= {{as_of}}' };
  const DAY = 24 * 60;

  test.each<[string, boolean, Partial<SavedQuery>, { minutes: number; arrives: boolean }]>([
    ['when something it reads has come', true, {}, { minutes: 15, arrives: true }],
    ['but not when nothing has', false, {}, { minutes: 15, arrives: false }],
    ['nor the next day, as it would be the same', false, {}, { minutes: DAY, arrives: false }],
    ['the next day, when it asks for the time', true, asOf, { minutes: DAY, arrives: false }],
    ['but not on the same day', false, asOf, { minutes: 15, arrives: false }],
    ['once a day, when it is a daily one', false, everyDay, { minutes: 15, arrives: true }],
    ['the next day then', true, everyDay, { minutes: DAY, arrives: true }],
    ['but not when nothing has come for it', false, everyDay, { minutes: DAY, arrives: false }],
  ])('%s', async (_, isBuilt, more, { minutes, arrives }) => {
    open(mart('revenue', more));
    await refresh(world);
    later(minutes);
    if (arrives) arrive('b');

    const { output } = await refresh(world);

    expect(output).toMatchObject({
      outcomes: expect.arrayContaining([
        { name: 'revenue', mart: isBuilt ? 'built' : 'unchanged' },
      ]) as unknown,
    });
  });

  test('when an event it reads has come, and not for others', async () => {
    const views = mart('views', {
      reads: ['product_viewed'],
      sql: 'SELECT count(*) AS n FROM {{product_viewed}}',
    });
    open(views);
    await refresh(world);
    later();
    const calm = await refresh(world);
    later();
    arrive('event');
    const next = await refresh(world);

    expect(ofMarts(calm.statements)).toEqual([]);
    expect(ofMarts(next.statements)).not.toEqual([]);
  });

  test('when it is asked otherwise, checked otherwise, or its view is gone', async () => {
    const changes: (() => void)[] = [
      () => world.deploy([mart('revenue', { sql: 'SELECT count(id) AS n FROM {{orders}}' })]),
      () =>
        world.deploy([
          mart('revenue', { assertions: [{ holds: 'it', sql: 'SELECT 1 FROM {{mart}} WHERE n < 0' }] }),
        ]),
      () => void world.views.delete('revenue'),
    ];
    await refresh(world);
    for (const change of changes) {
      change();
      later();
      const { statements } = await refresh(world);
      expect(kinds(statements)[0]).toBe('CREATE TABLE');
    }
  });
});

describe('earlier runs', () => {
  test('go, but for the one before: whoever reads it can finish', async () => {
    for (const name of ['b', 'c', 'd']) {
      await refresh(world);
      later();
      arrive(name);
    }

    expect([...world.tables]).toEqual([`revenue_run_${SECOND}`, 'revenue_run_20261125t123000000']);
    expect([...world.objects]).toEqual([
      `marts/revenue/${SECOND}/part`,
      'marts/revenue/20261125t123000000/part',
    ]);
  });

  test('of another mart with a longer name are not ours', async () => {
    world.tables.add(`revenue_run_x_run_${FIRST}`);
    world.tables.add('revenue_run_notes');

    await refresh(world);

    expect(world.tables.size).toBe(3);
  });
});

test('killed after any call, and started again, it is shown and published as if nothing had been', async () => {
  const begun = async (): Promise<void> => {
    open(revenue);
    await refresh(world);
    later();
    arrive('b');
  };
  await begun();
  const { calls } = await refresh(world);
  for (const call of calls.slice(calls.indexOf('mart'))) {
    await begun();
    await refresh(world, {
      after: (what) => {
        if (what === call) throw killed();
      },
    });
    later();
    const { output } = await refresh(world);
    const calm = await refresh(world);

    const run = shown('revenue');
    expect({ call, output }).toMatchObject({ output: { status: 'refreshed' } });
    expect(ofMarts(calm.statements)).toEqual([]);
    expect(world.published.at(-1)).toMatchObject({ version: run });
    expect(state('revenue')).toMatchObject({ current: { run }, published: run });
    expect(world.tables).toContain(`revenue_run_${run}`);
    expect(world.tables.size).toBeLessThanOrEqual(2);
    expect(world.objects.size).toBe(world.tables.size);
  }
});
