import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cohortsOfFile, factsOfFile, featuresOfFile } from './cdnow-answers.ts';
import { CDNOW, hasCdnow, isWhole, readCdnow, readWholeCdnow, writeCdnow } from './cdnow.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

interface StoredOrder {
  readonly id: string;
  readonly customerId: string;
  readonly placedAt: string;
  readonly total: { readonly amount: number };
  readonly lines: readonly { readonly quantity: number }[];
}

const SELECT_FACTS = `SELECT count(*) AS orders, count(DISTINCT customer_id) AS customers,
  sum(total_amount) AS cents, sum(reduce(lines, CAST(0 AS bigint), (s, l) -> s + l.quantity, s -> s)) AS units`;
const FACTS = `${SELECT_FACTS} FROM orders WHERE placed_at < TIMESTAMP '2000-01-01 00:00:00'`;

const SUMMER = '19970701';
const AT_SUMMER = `TIMESTAMP '1997-07-01 00:00:00'`;

const MINUTES = 60_000;
const CHANGES = isWhole ? 1000 : 300;
const HTTP_ORDERS = 120;

/** The same numbers at every run, from a linear congruential generator. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
};

const idsIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as StoredOrder).id);

/** With the buffering of `npm start`: a lake of many tiny files is slow to ask. */
const startStore = (dataDir: string): Promise<Tailrace> => startTailrace({ dataDir, bufferSeconds: 1 });

const inBatches = async <T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> => {
  for (let start = 0; start < items.length; start += size)
    await Promise.all(items.slice(start, start + size).map(work));
};

describe.skipIf(!hasCdnow)(
  `the purchase history of a real store, ${isWhole ? 'all of it' : 'of every tenth customer'} (skipped where its data is absent)`,
  () => {
    let folder: string;
    let facts: ReturnType<typeof factsOfFile>;
    let tailrace: Tailrace;
    let files: { customers: string; orders: string };

    const storedOrders = async (): Promise<StoredOrder[]> => {
      const client = new DynamoDBClient({
        endpoint: tailrace.aws,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
      client.middlewareStack.remove('loggerMiddleware');
      const orders: StoredOrder[] = [];
      for await (const page of paginateScan(
        { client },
        { TableName: 'tailrace-dev-order', ConsistentRead: true },
      ))
        for (const item of page.Items ?? []) orders.push(unmarshall(item) as StoredOrder);
      return orders.filter(({ placedAt }) => placedAt < '2000');
    };

    const factsOf = (orders: readonly StoredOrder[]) => ({
      orders: orders.length,
      customers: new Set(orders.map(({ customerId }) => customerId)).size,
      cents: orders.reduce((sum, { total }) => sum + total.amount, 0),
      units: orders.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0),
    });

    const lakeFacts = async () => {
      await tailrace.flush();
      return (await tailrace.sql(FACTS))[0];
    };

    const importAll = async (): Promise<void> => {
      for (const [entity, file] of [
        ['customer', files.customers],
        ['order', files.orders],
      ] as const) {
        const { code, stderr } = await tailrace.cli('import', entity, file);
        expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      }
    };

    /** Sends an order until it is answered, under one key: beside an import the store may be too busy at times. */
    const placeOrder = async (customerId: string, productId: string, key: string): Promise<number> => {
      const body = { customerId, lines: [{ productId, quantity: 1 }] };
      for (;;) {
        const params = { header: { 'Idempotency-Key': key } };
        const { response } = await tailrace.client.POST('/orders', { body, params });
        if (response.status !== 503) return response.status;
      }
    };

    const placeOrders = async (customerId: string, productId: string): Promise<void> => {
      const keys = Array.from({ length: HTTP_ORDERS }, (_, position) => `order-${position}`);
      await inBatches(keys, 10, async (key) =>
        expect(await placeOrder(customerId, productId, key)).toBe(201),
      );
    };

    const seedShop = async () => {
      const { client } = tailrace;
      const price = { amount: 999, currency: 'USD' };
      const [customer, product] = await Promise.all([
        client.POST('/customers', { body: { email: 'http@example.com', name: 'Over HTTP' } }),
        client.POST('/products', { body: { name: 'CD', category: 'music', price, stock: 1000 } }),
      ]);
      return { customerId: customer.data!.id, productId: product.data!.id };
    };

    test('has the published facts in its file', () => {
      expect(factsOfFile(readWholeCdnow())).toEqual(CDNOW);
    });

    beforeAll(async () => {
      facts = isWhole ? CDNOW : factsOfFile(readCdnow());
      folder = makeFolder();
      files = await writeCdnow(folder);
      tailrace = await startStore(join(folder, 'data'));
    });

    afterAll(async () => {
      await tailrace.stop();
      removeFolder(folder);
    });

    test(
      'killed in the middle of its import, started and imported again, gives the facts of its file',
      { timeout: 10 * MINUTES },
      async () => {
        const first = spawn(process.execPath, [
          'cli/tailrace.js',
          'import',
          'order',
          files.orders,
          '--data',
          tailrace.dataDir,
          '--json',
        ]);
        while (!(await tailrace.sql('SELECT count(*) AS n FROM orders')).some(({ n }) => (n as number) > 0))
          expect(first.exitCode).toBe(null);
        await tailrace.kill();
        first.kill('SIGKILL');
        if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');

        tailrace = await startStore(tailrace.dataDir);
        const { customerId, productId } = await seedShop();
        await Promise.all([importAll(), placeOrders(customerId, productId)]);

        expect(await lakeFacts()).toEqual({
          ...facts,
        });
        expect(
          await tailrace.sql(
            `SELECT count(*) AS n, sum(total_amount) AS cents FROM orders WHERE customer_id = '${customerId}'`,
          ),
        ).toEqual([{ n: HTTP_ORDERS, cents: HTTP_ORDERS * 999 }]);
        expect(await tailrace.sql('SELECT count(*) AS n FROM customers')).toEqual([
          { n: facts.customers + 1 },
        ]);
      },
    );

    test('changes nothing when it is imported again', { timeout: 10 * MINUTES }, async () => {
      const { stdout } = await tailrace.cli('import', 'customer', files.customers, '--json');
      const nothing = { written: 0, kept: 0, rejected: 0 };
      expect(JSON.parse(stdout)).toMatchObject({ ...nothing, unchanged: facts.customers });
    });

    test('after a refresh, gives the facts of its file, and in the past what the file gives', async () => {
      const { code, stderr } = await tailrace.cli('refresh');
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const past = `${SELECT_FACTS} FROM orders_history WHERE valid_from <= ${AT_SUMMER} AND ${AT_SUMMER} < valid_to`;

      expect((await tailrace.sql(FACTS))[0]).toEqual(facts);
      expect((await tailrace.sql(past))[0]).toEqual(
        factsOfFile(readCdnow().filter(({ day }) => day <= SUMMER)),
      );
    });

    test('has the cohorts and the features that a few lines over the file give', async () => {
      const purchases = readCdnow();
      const to = join(folder, 'features');
      const [cohorts] = await Promise.all([
        tailrace.sql(`SELECT CAST(cohort_month AS varchar) || ' ' || CAST(months_since AS varchar) AS cohort, active,
          customers, retention FROM cohort_retention WHERE cohort_month < DATE '2000-01-01'`),
        tailrace.cli('export', 'customer_features', '--format', 'csv', '--to', to, '--as-of', '1997-07-01'),
      ]);
      const [head, ...rows] = readFileSync(join(to, 'customer_features.csv'), 'utf8').trim().split('\n');
      const features = rows.map((row) => row.split(',').map((cell) => cell.replaceAll('"', '')));
      const counts = new Map(cohorts.map(({ cohort, active }) => [cohort, active]));

      expect(counts).toEqual(cohortsOfFile(purchases));
      for (const { cohort, active, customers, retention } of cohorts) {
        expect(customers).toBe(counts.get(`${String(cohort).slice(0, 10)} 0`));
        expect(retention).toBe((active as number) / (customers as number));
      }
      expect(head).toBe(
        '"customer_id","currency","as_of","recency_days","frequency","monetary","tenure_days","mean_gap_days"',
      );
      expect(
        new Map(
          features.map(([customer = '', , , ...numbers]) => [
            customer,
            numbers.map((text) => (text === '' ? undefined : Number(text))),
          ]),
        ),
      ).toEqual(featuresOfFile(purchases, SUMMER));
    });

    test(
      `agrees with the table after ${CHANGES} random updates and deletes`,
      { timeout: 10 * MINUTES },
      async () => {
        const [random, ids] = [randomFrom(1997), idsIn(files.orders).toSorted()];
        const picked = new Set(Array.from({ length: CHANGES }, () => ids[random(ids.length)]!));
        await inBatches([...picked], 10, async (id) => {
          const params = { path: { id } };
          const { response } =
            random(2) === 0
              ? await tailrace.client.DELETE('/orders/{id}', { params })
              : await tailrace.client.PATCH('/orders/{id}', { params, body: { note: `n${random(9)}` } });
          expect(response.ok).toBe(true);
        });

        const orders = await storedOrders();
        expect(orders.length).toBeLessThan(facts.orders);
        expect(await lakeFacts()).toEqual(factsOf(orders));
        const [notes] = await tailrace.sql('SELECT count(*) AS n FROM orders WHERE note IS NOT NULL');
        expect(notes).toEqual({ n: orders.filter((order) => 'note' in order).length });
      },
    );
  },
);
