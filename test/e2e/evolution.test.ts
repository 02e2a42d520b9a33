import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSchemas } from './schemas.ts';
import { makeFolder, removeFolder, runCli, startTailrace, type Tailrace } from './tailrace.ts';

const ticket = ({ nested = '', states = '', more = '' }): string => `
import { entity, money, z } from '../core/schema/index.ts';

export const ticket = entity({
  name: 'ticket',
  description: 'A seat at a show',
  fields: {
    seat: z.object({ number: z.int().min(1)${nested} }),
    extras: z.array(z.object({ name: z.string().min(1), price: money()${nested} })),
    state: z.enum(['held', 'sold'${states}]),
    ${more}
  },
  indexes: { byState: ['state'] },
});
`;

const FIRST = ticket({});
const SECOND = ticket({
  nested: ', side: z.string().optional()',
  states: ", 'used'",
  more: 'note: z.string().optional(), tags: z.array(z.string()).default([]),',
});

const COUPON = `
import { decimal, entity, timestamp, z } from '../core/schema/index.ts';

export const coupon = entity({
  name: 'coupon',
  description: 'A discount',
  key: ['campaign', 'code'],
  fields: {
    campaign: z.string().min(1),
    code: z.string().min(1),
    rate: decimal(5, 4),
    validFrom: timestamp(),
    limits: z.array(z.object({ country: z.string().min(1), uses: z.int() })).optional(),
  },
  indexes: { byCode: ['code'] },
});
`;

const price = { amount: 500, currency: 'EUR' };
const folder = makeFolder();
const [first, second, dataDir] = ['first', 'second', 'data'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

const start = (schemas: string): Promise<Tailrace> =>
  startTailrace({ dataDir, marts: false, environment: { TAILRACE_SCHEMAS: schemas } });

const create = async (tailrace: Tailrace, body: object): Promise<string> => {
  const answer = await tailrace.call('POST', '/tickets', body);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
};

/** The rows there are get into the curated tables. */
const refresh = async (tailrace: Tailrace): Promise<void> => {
  await tailrace.flush();
  const { code, stdout } = await tailrace.cli('refresh', '--json');
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { status: 'refreshed' }]);
};

const ROW = `SELECT id, state, seat.number AS number, seat.side AS side, extras[1].name AS extra,
  extras[1].price.amount AS cents, extras[1].side AS extra_side, note, cardinality(tags) AS tags`;

describe('a schema that gets a field, a nested field, a state and a list while there are records', () => {
  let tailrace: Tailrace;
  let ids: readonly [stays: string, changes: string, late: string];

  beforeAll(async () => {
    for (const schemas of [first, second]) writeSchemas(schemas, 'coupon.ts', COUPON);
    writeSchemas(first, 'ticket.ts', FIRST);
    writeSchemas(second, 'ticket.ts', SECOND);
    const before = await start(first);
    const old = { seat: { number: 7 }, extras: [{ name: 'popcorn', price }], state: 'sold' };
    const [stays, changes] = [await create(before, old), await create(before, old)];
    await refresh(before);
    await before.stop();

    tailrace = await start(second);
    const late = await create(tailrace, {
      seat: { number: 8, side: 'left' },
      extras: [{ name: 'water', price, side: 'right' }],
      state: 'used',
      note: 'late',
      tags: ['vip'],
    });
    ids = [stays, changes, late];
    const changed = await tailrace.call('PATCH', `/tickets/${changes}`, {
      seat: { side: 'mid' },
      state: 'used',
    });
    if (!changed.ok) throw new Error(`The change was answered ${changed.status}`);
    await tailrace.flush();
  }, 240_000);

  afterAll(async () => {
    await tailrace?.stop();
    removeFolder(folder);
  });

  const asWritten = { number: 7, side: null, extra: 'popcorn', cents: 500, extra_side: null, note: null };
  const asChanged = { ...asWritten, side: 'mid', state: 'used', tags: 0 };
  const asAdded = {
    number: 8,
    side: 'left',
    extra: 'water',
    cents: 500,
    extra_side: 'right',
    note: 'late',
    tags: 1,
  };

  test('passes the check', async () => {
    const locked = await runCli(['schema', 'lock', '--schemas', first]);
    cpSync(join(first, 'schema.lock.json'), join(second, 'schema.lock.json'));
    const checked = await runCli(['schema', 'check', '--schemas', second, '--json']);

    expect([locked.code, checked.code]).toEqual([0, 0]);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      additions: ['extras[].side', 'note', 'seat.side', 'state', 'tags'].map((name) => ({
        place: `ticket.${name}`,
      })),
      notices: [],
    });
  });

  test('is answered with the default of what nobody knew', async () => {
    const answer = await tailrace.call('GET', `/tickets/${ids[0]}`);

    expect(await answer.json()).toMatchObject({ state: 'sold', tags: [], version: 1 });
  });

  test('has a current state in which what nobody knew is null', async () => {
    const rows = await tailrace.sql(`${ROW} FROM tickets`);

    expect(new Map(rows.map(({ id, ...row }) => [id, row]))).toEqual(
      new Map<unknown, object>([
        [ids[0], { ...asWritten, state: 'sold', tags: null }],
        [ids[1], asChanged],
        [ids[2], { ...asAdded, state: 'used' }],
      ]),
    );
  });

  test('has the same state and history after a refresh, which adds the columns', async () => {
    const questions = [
      `${ROW} FROM tickets ORDER BY id`,
      `${ROW}, change_version AS v FROM tickets_history ORDER BY id, v`,
    ];
    const ask = () => Promise.all(questions.map((question) => tailrace.sql(question)));
    const before = await ask();

    await refresh(tailrace);

    expect(await ask()).toEqual(before);
    expect(before.map((rows) => rows.length)).toEqual([3, 4]);
    expect(await tailrace.sql('SELECT count(*) AS n FROM tickets_current WHERE note IS NULL')).toEqual([
      { n: 2 },
    ]);
  });

  test('has a log in which each row is as it was written', async () => {
    const rows = await tailrace.sql(
      `${ROW}, change_operation AS operation FROM tickets_changes ORDER BY change_sequence, id`,
    );

    const inserted = { ...asWritten, state: 'sold', tags: null, operation: 'insert' };
    expect(rows).toHaveLength(4);
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: ids[0], ...inserted },
        { id: ids[1], ...inserted },
        { id: ids[1], ...asChanged, operation: 'modify' },
        { id: ids[2], ...asAdded, state: 'used', operation: 'insert' },
      ]),
    );
  });

  test('has whole structures in every row, of old files and new, and answers by an index', async () => {
    expect(
      await tailrace.sql('SELECT count(*) AS n FROM tickets WHERE seat.side IS NULL AND seat IS NOT NULL'),
    ).toEqual([{ n: 1 }]);
    const listed = await (await tailrace.call('GET', '/tickets?state=used')).json();
    expect((listed as { items: unknown[] }).items).toHaveLength(2);
  });

  test('gets its API, table, lake and SQL from a file alone, whatever its key', async () => {
    const coupon = {
      campaign: 'spring',
      code: 'S10',
      rate: '0.1000',
      validFrom: '1997-01-01T00:00:00Z',
      limits: [{ country: 'DE', uses: 3 }],
    };
    const created = await tailrace.call('POST', '/coupons', coupon);
    expect(created.status).toBe(201);
    const read = await tailrace.call('GET', '/coupons/spring/S10');
    expect(await read.json()).toMatchObject({ rate: '0.1000', validFrom: '1997-01-01T00:00:00.000Z' });
    const listed = (await (await tailrace.call('GET', '/coupons?code=S10')).json()) as { items: unknown[] };
    expect(listed.items).toHaveLength(1);
    const contract = (await (await fetch(`${tailrace.api}/openapi.json`)).json()) as { paths: object };
    expect(contract.paths).toHaveProperty(['/coupons/{campaign}/{code}']);

    await tailrace.flush();
    expect(
      await tailrace.sql('SELECT code, rate, year(valid_from) AS y, limits[1].uses AS uses FROM coupons'),
    ).toEqual([{ code: 'S10', rate: '0.1000', y: 1997, uses: 3 }]);
  });

  test('stops the start with file, field and cure when a file is wrong', async () => {
    const [schemas, none] = [join(folder, 'wrong'), join(folder, 'none')];
    writeSchemas(schemas, 'coupon.ts', COUPON.replace("byCode: ['code']", "byCode: ['color']"));
    const { code, stderr } = await runCli(['dev', '--port', '0', '--aws-port', '0', '--data', none], {
      TAILRACE_SCHEMAS: schemas,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: .*coupon\.ts: coupon\.indexes\.byCode: there is no field "color"\. Use one of campaign, code/,
    );
  });
});
