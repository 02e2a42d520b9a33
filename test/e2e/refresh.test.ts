import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, linesOf, runDocument, saidOf, shapesOf } from './documents.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const DOCS = resolve(import.meta.dirname, '..', '..', 'docs');
const PAGE = join(DOCS, 'marts.md');
const OPERATORS = readFileSync(join(DOCS, 'operators.md'), 'utf8');

const folder = makeFolder();
let tailrace: Tailrace;
let customer: { id: string };
let lamp: { id: string };

/** Somebody who looked at a lamp and bought two. */
const sell = async (): Promise<void> => {
  customer = await create('/customers', { email: 'ann@example.com', name: 'Ann' });
  lamp = await product('lamp', 9, 'home');
  const events = [{ type: 'product_viewed', data: { productId: lamp.id, sessionId: 'visit' } }];
  expect((await tailrace.call('POST', '/events', { events })).status).toBe(202);
  await create('/orders', { customerId: customer.id, lines: [{ productId: lamp.id, quantity: 2 }] });
};

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder });
  await sell();
});

afterAll(async () => {
  await tailrace.stop();
  removeFolder(folder);
});

const create = async (path: string, body: unknown): Promise<{ id: string }> => {
  const answer = await tailrace.call('POST', path, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string };
};

const product = (name: string, stock: number, category = 'music') =>
  create('/products', { name, category, price: { amount: 999, currency: 'USD' }, stock });

const refresh = async () => {
  const { code, stdout, stderr } = await tailrace.cli('refresh', '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { status: string; outcomes: { name: string; mart?: string }[] };
};

const lakeStatus = async () => {
  const { stdout } = await tailrace.cli('lake', 'status', '--json');
  const { entities } = JSON.parse(stdout) as { entities: { entity: string }[] };
  return entities.find(({ entity }) => entity === 'product');
};

const STATE = "SELECT name, stock, version FROM products WHERE category = 'music' ORDER BY name";
const HISTORY = `SELECT name, stock, change_operation AS op, change_actor AS actor, change_version AS version,
  valid_from < valid_to AS held FROM products_history WHERE category = 'music' ORDER BY name, change_version`;

const rowsOf = async (relation: string): Promise<number> => {
  const [row] = await tailrace.sql(`SELECT count(*) AS n FROM ${relation}`);
  return row?.n as number;
};

const musicIn = (table: string): Promise<number> => rowsOf(`${table} WHERE category = 'music'`);

describe('a refresh', () => {
  test('moves rows from the log into the curated tables, and the views say the same before and after', async () => {
    const [blue, red] = [await product('blue', 5), await product('red', 3)];
    await tailrace.call('PATCH', `/products/${blue.id}`, { stock: 4 });
    await tailrace.call('DELETE', `/products/${red.id}`);
    await tailrace.flush();
    const [state, history] = [await tailrace.sql(STATE), await tailrace.sql(HISTORY)];
    expect(await musicIn('products_current')).toBe(0);

    expect(await refresh()).toMatchObject({ status: 'refreshed' });

    expect(state).toEqual([{ name: 'blue', stock: 4, version: 2 }]);
    expect(history).toEqual([
      { name: 'blue', stock: 5, op: 'insert', actor: 'tester', version: 1, held: true },
      { name: 'blue', stock: 4, op: 'modify', actor: 'tester', version: 2, held: true },
      {
        name: 'red',
        stock: 3,
        op: 'insert',
        actor: 'tester',
        version: 1,
        held: expect.any(Boolean) as boolean,
      },
      { name: 'red', stock: 3, op: 'remove', actor: null, version: 2, held: false },
    ]);
    expect(await tailrace.sql(STATE)).toEqual(state);
    expect(await tailrace.sql(HISTORY)).toEqual(history);
    expect([await musicIn('products_current'), await musicIn('products_versions')]).toEqual([2, 4]);
  });

  test('is told by lake status: what waits before, what was merged and scanned after', async () => {
    await product('brown', 2);
    await tailrace.flush();
    const before = await lakeStatus();
    const told = await tailrace.cli('lake', 'status');
    await refresh();

    const after = await lakeStatus();

    expect(before).toMatchObject({
      waiting: { files: 1, bytes: expect.any(Number) as number },
      lagSeconds: expect.any(Number) as number,
    });
    expect(after).toMatchObject({
      waiting: { files: 0, bytes: 0 },
      lagSeconds: 0,
      mergedUntil: expect.stringMatching(/^2.*Z$/) as string,
      lastRefresh: { name: 'product', merged: 1, scanned: expect.any(Number) as number },
      tables: [
        { table: 'products_current', rows: 4, deletedRows: 0, deleteFiles: 0, isWorn: false },
        { table: 'products_versions', rows: 7 },
      ],
    });
    expect(shapesOf(linesOf(told.stdout))).toEqual(shapesOf(saidOf(OPERATORS, 'lake status')));
    const { stdout } = await tailrace.cli('lake', 'status');
    expect(stdout).toMatch(/The last refresh began \d+ s ago and took \d+\.\d s: 1 file merged/);
  });

  test('leaves tables that say what they are, hold and how old they are', async () => {
    const list = await tailrace.cli('tables', '--json');
    const one = await tailrace.cli('tables', 'products');

    const found = JSON.parse(list.stdout) as { name: string; comment: string; newest: string | null }[];
    const named = (name: string) => found.find((relation) => relation.name === name);
    expect(named('products')).toMatchObject({ kind: 'view', rows: 3, bytes: null });
    expect(named('products_current')).toMatchObject({ kind: 'iceberg', rows: 4 });
    expect(named('products_changes')).toMatchObject({ kind: 'log', rows: 7 });
    expect(named('products')).toMatchObject({
      newest: named('products_changes')?.newest,
    });
    expect(found.filter(({ comment }) => comment === '')).toEqual([]);
    expect(one.stdout).toMatch(/stock +│ bigint +│ Pieces that can be sold now/);
    expect(await tailrace.cli('tables', 'prodcts')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: There is no table or view "prodcts"\. There are .*products/,
      ) as string,
    });
  });

  test('leaves what came after it to the views, which see it at once', async () => {
    await product('green', 1);
    await tailrace.flush();

    expect((await tailrace.sql(STATE)).map(({ name }) => name)).toEqual(['blue', 'brown', 'green']);
    expect(await musicIn('products_current')).toBe(3);
  });

  test('ends at once while another runs, and of two at a time one does the work', async () => {
    await product('grey', 1);
    await tailrace.flush();

    const answers = await Promise.all([refresh(), refresh()]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual(['busy', 'refreshed']);
    expect(await musicIn('products_current')).toBe(5);
  });

  test('killed with the machine goes on at the next one', async () => {
    await product('late', 1);
    await tailrace.flush();
    await tailrace.cli('refresh', '--no-wait');
    await tailrace.kill();
    tailrace = await startTailrace({ dataDir: folder });

    expect(await refresh()).toMatchObject({ status: 'refreshed' });

    expect(await musicIn('products_current')).toBe(6);
    expect(await musicIn('products_versions')).toBe(8);
    expect(await tailrace.sql(STATE)).toHaveLength(5);
  });

  test('has columns that say what they mean', async () => {
    const columns = await tailrace.sql(
      `SELECT column_name, comment FROM information_schema.columns WHERE table_name = 'orders' AND column_name IN ('total_amount', 'status')`,
    );

    expect(columns).toEqual(
      expect.arrayContaining([
        { column_name: 'status', comment: 'How far the order has come' },
        { column_name: 'total_amount', comment: 'Sum of the lines, in whole minor units such as cents' },
      ]),
    );
  });
});

describe('the marts of a refresh', () => {
  const MARTS = ['cohort_retention', 'customer_features', 'daily_revenue', 'order_funnel', 'stock_out_risk'];

  const insight = async (name: string) => {
    const answer = await tailrace.call('GET', `/insights/${name}`);
    return (await answer.json()) as { version: string; items: Record<string, unknown>[] };
  };

  const revenue = () => tailrace.sql('SELECT currency, category, orders, units, amount FROM daily_revenue');

  /** An order whose total is not the sum of its lines: only another system could have let it pass. */
  const wrongOrder = (customerId: string) => {
    const file = join(folder, 'orders.ndjson');
    const usd = (amount: number) => ({ amount, currency: 'USD' });
    const lines = [{ productId: 'gone', quantity: 1, amount: usd(1) }];
    const times = { placedAt: '2026-01-01T00:00:00.000Z', createdAt: '2026-01-01T00:00:00.000Z' };
    writeFileSync(
      file,
      JSON.stringify({ id: 'wrong', customerId, lines, total: usd(2), status: 'paid', ...times }),
    );
    return file;
  };

  test('answer in SQL, each with what its columns mean, and through the API to whom they are published', async () => {
    for (const mart of MARTS) expect(await rowsOf(mart)).toBeGreaterThan(0);
    const sold = { currency: 'USD', category: 'home', orders: 1, units: 2, amount: 1998 };
    expect(await revenue()).toEqual([sold]);
    expect((await insight('daily_revenue')).items).toMatchObject([sold]);
    expect(
      await tailrace.sql(
        `SELECT column_name FROM information_schema.columns WHERE table_name IN ('${MARTS.join("', '")}') AND comment IS NULL`,
      ),
    ).toEqual([]);
  });

  test('are exported as they were at an instant, whatever has come since', async () => {
    const asOf = new Date().toISOString();
    const exported = async (name: string) => {
      const to = join(folder, name);
      const words = ['--to', to, '--as-of', asOf, '--json'];
      const { code, stdout, stderr } = await tailrace.cli('export', 'customer_features', ...words);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const { files } = JSON.parse(stdout) as { files: string[] };
      return files.map((file) => readFileSync(join(to, file)));
    };
    const before = await exported('before');
    await create('/orders', { customerId: customer.id, lines: [{ productId: lamp.id, quantity: 1 }] });
    await tailrace.flush();
    await refresh();

    expect(String(before)).toMatch(/^PAR1/);
    expect(await exported('after')).toEqual(before);
    expect(await revenue()).toMatchObject([{ orders: 2, units: 3 }]);
  });

  test('fail it by name where something does not hold; good data stay, and the others go on', async () => {
    const [sales, shown, stock] = [
      await revenue(),
      await insight('daily_revenue'),
      await rowsOf('stock_out_risk'),
    ];
    await tailrace.cli('import', 'order', wrongOrder(customer.id));
    await product('new', 1);
    await tailrace.flush();

    const { code, stderr } = await tailrace.cli('refresh');

    expect(code).toBe(1);
    expect(shapesOf(linesOf(stderr))).toEqual(shapesOf(saidOf(OPERATORS, 'refresh')));
    expect(await revenue()).toEqual(sales);
    expect(await insight('daily_revenue')).toEqual(shown);
    expect(await rowsOf('stock_out_risk')).toBe(stock + 1);
  });

  test('are made again once what did not hold is cured', async () => {
    await tailrace.call('DELETE', '/orders/wrong');
    const before = await insight('daily_revenue');
    await tailrace.flush();

    await refresh();

    const after = await insight('daily_revenue');
    expect(after.items).toEqual(before.items);
    expect(after.version > before.version).toBe(true);
    expect(await tailrace.sql("SHOW TABLES 'daily_revenue_run_*'")).toHaveLength(2);
  });

  test('do what their page says', async () => {
    const shown = await runDocument(blocksOf(readFileSync(PAGE, 'utf8')), tailrace, folder);

    expect(shown.map(({ printed }) => printed)).toEqual(shown.map(({ said }) => said));
    expect(shown).toHaveLength(3);
  });
});
