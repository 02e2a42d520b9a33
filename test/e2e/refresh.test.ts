import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const folder = makeFolder();
let tailrace: Tailrace;

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder });
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

const product = (name: string, stock: number) =>
  create('/products', { name, category: 'music', price: { amount: 999, currency: 'USD' }, stock });

const refresh = async () => {
  const { code, stdout, stderr } = await tailrace.cli('refresh', '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { status: string };
};

const lakeStatus = async () => {
  const { stdout } = await tailrace.cli('lake', 'status', '--json');
  const { entities } = JSON.parse(stdout) as { entities: { entity: string }[] };
  return entities.find(({ entity }) => entity === 'product');
};

const STATE = 'SELECT name, stock, version FROM products ORDER BY name';
const HISTORY = `SELECT name, stock, change_operation AS op, change_version AS version,
  valid_from < valid_to AS held FROM products_history ORDER BY name, change_version`;

const rowsOf = async (table: string): Promise<number> => {
  const [row] = await tailrace.sql(`SELECT count(*) AS n FROM ${table}`);
  return row?.n as number;
};

describe('a refresh', () => {
  test('moves rows from the log into the curated tables, and the views say the same before and after', async () => {
    const [blue, red] = [await product('blue', 5), await product('red', 3)];
    await tailrace.call('PATCH', `/products/${blue.id}`, { stock: 4 });
    await tailrace.call('DELETE', `/products/${red.id}`);
    await tailrace.flush();
    const [state, history] = [await tailrace.sql(STATE), await tailrace.sql(HISTORY)];
    expect(await rowsOf('products_current')).toBe(0);

    expect(await refresh()).toMatchObject({ status: 'refreshed' });

    expect(state).toEqual([{ name: 'blue', stock: 4, version: 2 }]);
    expect(history).toEqual([
      { name: 'blue', stock: 5, op: 'insert', version: 1, held: true },
      { name: 'blue', stock: 4, op: 'modify', version: 2, held: true },
      { name: 'red', stock: 3, op: 'insert', version: 1, held: expect.any(Boolean) as boolean },
      { name: 'red', stock: 3, op: 'remove', version: 2, held: false },
    ]);
    expect(await tailrace.sql(STATE)).toEqual(state);
    expect(await tailrace.sql(HISTORY)).toEqual(history);
    expect([await rowsOf('products_current'), await rowsOf('products_versions')]).toEqual([2, 4]);
  });

  test('is told by lake status: what waits before, what was merged and scanned after', async () => {
    await product('brown', 2);
    await tailrace.flush();
    const before = await lakeStatus();
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
        { table: 'products_current', rows: 3, deletedRows: 0, deleteFiles: 0, isWorn: false },
        { table: 'products_versions', rows: 5 },
      ],
    });
    const { stdout } = await tailrace.cli('lake', 'status');
    expect(stdout).toMatch(/The last refresh began \d+ s ago and took \d+\.\d s: 1 file merged/);
  });

  test('leaves tables that say what they are, hold and how old they are', async () => {
    const list = await tailrace.cli('tables', '--json');
    const one = await tailrace.cli('tables', 'products');

    const found = JSON.parse(list.stdout) as { name: string; comment: string; newest: string | null }[];
    const named = (name: string) => found.find((relation) => relation.name === name);
    expect(named('products')).toMatchObject({ kind: 'view', rows: 2, bytes: null });
    expect(named('products_current')).toMatchObject({ kind: 'iceberg', rows: 3 });
    expect(named('products_changes')).toMatchObject({ kind: 'log', rows: 5 });
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
    expect(await rowsOf('products_current')).toBe(3);
  });

  test('ends at once while another runs, and of two at a time one does the work', async () => {
    await product('grey', 1);
    await tailrace.flush();

    const answers = await Promise.all([refresh(), refresh()]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual(['busy', 'refreshed']);
    expect(await rowsOf('products_current')).toBe(5);
  });

  test('killed with the machine goes on at the next one', async () => {
    await product('late', 1);
    await tailrace.flush();
    await tailrace.cli('refresh', '--no-wait');
    await tailrace.kill();
    tailrace = await startTailrace({ dataDir: folder });

    expect(await refresh()).toMatchObject({ status: 'refreshed' });

    expect(await rowsOf('products_current')).toBe(6);
    expect(await rowsOf('products_versions')).toBe(8);
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
