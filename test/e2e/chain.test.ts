import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import * as fc from 'fast-check';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { beginning, STEPS } from '../model/commands.ts';
import { sameWorld } from '../model/steps.ts';
import { emptyWorld } from '../model/world.ts';
import type { components } from './contract.ts';
import { realOf } from './real.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';

let tailrace: Tailrace;
const folder = makeFolder();

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder, marts: false });
});

afterAll(async () => {
  await tailrace.stop();
  removeFolder(folder);
});

const aws = () => ({
  endpoint: tailrace.aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

type Schemas = components['schemas'];

/** The record a request answered, or the test ends with what it answered instead. */
const recordOf = <T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T => {
  expect(error, `${response.status}`).toBeUndefined();
  return data as T;
};

const customerOf = async (body: Schemas['CustomerCreate']) =>
  recordOf(await tailrace.client.POST('/customers', { body }));
const productOf = async (body: Schemas['ProductCreate']) =>
  recordOf(await tailrace.client.POST('/products', { body }));

const shop = async () => {
  const customer = await customerOf({ email: 'ann@example.com', name: 'Ann' });
  const price = { amount: 1199, currency: 'USD' };
  const product = await productOf({ name: 'Blue', category: 'music', price, stock: 10 });
  return { customerId: customer.id, productId: product.id };
};

const count = async (table: string): Promise<number> => {
  const [row] = await tailrace.sql(`SELECT count(*) AS n FROM ${table}`);
  return row?.n as number;
};

const stored = async (entity: string): Promise<number> => {
  const { Count } = await new DynamoDBClient(aws()).send(
    new ScanCommand({ TableName: `tailrace-dev-${entity}`, Select: 'COUNT' }),
  );
  return Count ?? 0;
};

describe('from one schema to two paths', () => {
  test('every view and log answers in SQL before anything was written', async () => {
    const tables = [
      'customers',
      'products',
      'orders',
      'customers_changes',
      'products_changes',
      'orders_changes',
      'product_viewed',
      'cart_updated',
    ];
    expect(await Promise.all(tables.map(count))).toEqual(tables.map(() => 0));
  });

  test('an order appears in SQL after its POST, and goes after its DELETE, and the log keeps both', async () => {
    const { customerId, productId } = await shop();
    const body = { customerId, lines: [{ productId, quantity: 3 }] };
    const order = recordOf(await tailrace.client.POST('/orders', { body }));
    await tailrace.flush();
    expect(
      await tailrace.sql(
        'SELECT id, total_amount AS cents, total_currency AS currency, cardinality(lines) AS lines FROM orders',
      ),
    ).toEqual([{ id: order.id, cents: 3597, currency: 'USD', lines: 1 }]);

    const params = { path: { id: order.id } };
    const { response } = await tailrace.client.DELETE('/orders/{id}', { params });
    expect(response.status).toBe(204);
    await tailrace.flush();
    expect(await count('orders')).toBe(0);
    expect(
      await tailrace.sql(
        'SELECT change_operation, change_version FROM orders_changes ORDER BY change_sequence',
      ),
    ).toEqual([
      { change_operation: 'insert', change_version: 1 },
      { change_operation: 'remove', change_version: 2 },
    ]);
  });

  test('an order holds stock, moves on and gives it back, under the permissions of the template', async () => {
    const { client } = tailrace;
    const at = (id: string) => ({ params: { path: { id } } });
    const stock = async (id: string) => recordOf(await client.GET('/products/{id}', at(id))).stock;
    const customer = await customerOf({ email: 'bob@example.com', name: 'Bob' });
    const price = { amount: 500, currency: 'USD' };
    const product = await productOf({ name: 'Rare', category: 'music', price, stock: 3 });
    const body = { customerId: customer.id, lines: [{ productId: product.id, quantity: 2 }] };
    const place = () => client.POST('/orders', { body, params: { header: { 'Idempotency-Key': 'bob-1' } } });
    const [first, second] = [await place(), await place()];
    const { id } = recordOf(first);
    const statusOf = async (work: Promise<{ response: Response }>) => (await work).response.status;

    expect([first.response.status, second.response.status]).toEqual([201, 201]);
    expect(second.response.headers.get('idempotent-replayed')).toBe('true');
    expect(second.data).toEqual(first.data);
    expect(await stock(product.id)).toBe(1);
    expect(await statusOf(client.POST('/orders', { body }))).toBe(409);
    expect(await statusOf(client.POST('/orders/{id}/ship', at(id)))).toBe(409);
    expect(await statusOf(client.POST('/orders/{id}/pay', at(id)))).toBe(200);
    expect(await statusOf(client.DELETE('/customers/{id}', at(customer.id)))).toBe(409);
    expect(await statusOf(client.POST('/orders/{id}/cancel', at(id)))).toBe(200);
    expect(await stock(product.id)).toBe(3);
    await tailrace.flush();
    expect(await tailrace.sql(`SELECT status, version FROM orders WHERE id = '${id}'`)).toEqual([
      { status: 'cancelled', version: 3 },
    ]);
    expect(await tailrace.sql(`SELECT stock, version FROM products WHERE id = '${product.id}'`)).toEqual([
      { stock: 3, version: 3 },
    ]);
    expect(await statusOf(client.DELETE('/orders/{id}', at(id)))).toBe(204);
    expect(await statusOf(client.DELETE('/customers/{id}', at(customer.id)))).toBe(204);
  });

  test('a change shows the newest version, with times to the millisecond', async () => {
    const price = { amount: 500, currency: 'EUR' };
    const product = await productOf({ name: 'Red', category: 'books', price, stock: 1 });
    const record = recordOf(
      await tailrace.client.PATCH('/products/{id}', {
        params: { path: { id: product.id }, header: { 'If-Match': '"1"' } },
        body: { name: 'Deep red', tags: ['Ünïcode ☃', 'a "quote"'] },
      }),
    );
    await tailrace.flush();
    const [row] = await tailrace.sql(
      `SELECT name, version, tags[1] AS tag, CAST(updated_at AS varchar) AS updated FROM products WHERE id = '${product.id}'`,
    );
    expect(row).toEqual({
      name: 'Deep red',
      version: 2,
      tag: 'Ünïcode ☃',
      updated: record.updatedAt.replace('T', ' ').replace('Z', ''),
    });
  });

  test('the rows lie in real Parquet files, which another reader reads', async () => {
    const { Contents = [] } = await new S3Client({ ...aws(), forcePathStyle: true }).send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'changes/product/' }),
    );
    expect(Contents.length).toBeGreaterThan(0);
    const rows = await Promise.all(
      Contents.map(async ({ Key }) =>
        parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 's3', BUCKET, Key!)) }),
      ),
    );
    expect(rows.flat().map((row) => row.name)).toContain('Deep red');
  });

  test('events go straight to the lake', async () => {
    const events: Schemas['Events']['events'] = [
      { type: 'product_viewed', data: { productId: 'p1', sessionId: 's1' } },
      {
        type: 'cart_updated',
        id: 'e1',
        time: '1997-01-01T00:00:00Z',
        data: { sessionId: 's1', items: [{ productId: 'p1', quantity: 2 }] },
      },
    ];
    const { response, data } = await tailrace.client.POST('/events', { body: { events } });
    expect([response.status, data]).toEqual([202, { accepted: 2 }]);
    await tailrace.flush();
    expect(await tailrace.sql('SELECT event_subject, product_id, customer_id FROM product_viewed')).toEqual([
      { event_subject: 'tester', product_id: 'p1', customer_id: null },
    ]);
    expect(
      await tailrace.sql('SELECT event_id, year(event_time) AS y, items[1].quantity AS q FROM cart_updated'),
    ).toEqual([{ event_id: 'e1', y: 1997, q: 2 }]);
  });
});

test('several callers, in a random order, are answered as a model in memory says', async () => {
  const world = emptyWorld('chain');
  const real = await realOf(tailrace, world);
  const steps = fc.noBias(fc.commands(STEPS, { maxCommands: 60, size: 'max' }));
  const [chosen = []] = fc
    .sample(steps, { numRuns: 9, seed: 3 })
    .map((some) => [...some])
    .toSorted((one, other) => other.length - one.length);

  await fc.asyncModelRun(() => ({ model: world, real }), [...beginning(), ...chosen]);
  await sameWorld(world, real);

  expect(world.ids.order.length).toBeGreaterThan(0);
});

describe('bad input', () => {
  const good = { email: 'eve@example.com', name: 'Eve' };

  const forge = async (claims: { expired?: boolean; foreign?: boolean }): Promise<string> => {
    if (claims.expired) return (await tailrace.cli('token', '--expires', '-60')).stdout.trim();
    const genuine = await tailrace.token();
    const payload = JSON.parse(Buffer.from(genuine.split('.')[1]!, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const header = JSON.parse(Buffer.from(genuine.split('.')[0]!, 'base64url').toString()) as { kid: string };
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: header.kid }).sign(privateKey);
  };

  const post = async (
    body: string,
    token?: string,
  ): Promise<{ status: number; problem: Record<string, unknown> }> => {
    const answer = await fetch(`${tailrace.api}/customers`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token ?? (await tailrace.token())}`,
        'content-type': 'application/json',
      },
      body,
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    return { status: answer.status, problem: (await answer.json()) as Record<string, unknown> };
  };

  test('is a clear 4xx problem document, and writes nothing', async () => {
    const before = await stored('customer');

    const wrongField = await post(JSON.stringify({ ...good, email: 'no', colour: 'red' }));
    expect(wrongField).toMatchObject({
      status: 400,
      problem: {
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: '/email' }),
          expect.objectContaining({ pointer: '/colour' }),
        ]),
      },
    });
    expect(await post(JSON.stringify(good), await forge({ expired: true }))).toMatchObject({
      status: 401,
      problem: { status: 401, detail: expect.stringContaining('expired') },
    });
    expect(await post(JSON.stringify(good), await forge({ foreign: true }))).toMatchObject({
      status: 401,
      problem: { status: 401 },
    });
    expect(await post(JSON.stringify({ ...good, name: 'x'.repeat(7_000_000) }))).toMatchObject({
      status: 413,
      problem: { status: 413 },
    });
    expect(await post('{"email": "half')).toMatchObject({ status: 400, problem: { status: 400 } });
    const unknown = await tailrace.call('GET', '/nothing/here');
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ status: 404, type: expect.any(String) });

    expect(await stored('customer')).toBe(before);
    expect((await fetch(`${tailrace.api}/health`)).status).toBe(200);
  });

  test('in the table itself goes to quarantine with its image, and what follows it arrives', async () => {
    const write = (Item: Record<string, { S: string }>) =>
      new DynamoDBClient(aws()).send(new PutItemCommand({ TableName: 'tailrace-dev-customer', Item }));
    await write({ id: { S: 'poison' }, email: { S: 'no address' } });
    const after = await customerOf({ email: 'after@example.com', name: 'After' });
    await tailrace.flush();

    expect(await tailrace.sql(`SELECT id FROM customers WHERE id IN ('poison', '${after.id}')`)).toEqual([
      { id: after.id },
    ]);
    const quarantine = join(folder, 's3', BUCKET, 'quarantine', 'relay', 'customer');
    const [day] = readdirSync(quarantine);
    const [file] = readdirSync(join(quarantine, day!));
    const kept = readFileSync(join(quarantine, day!, file!), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ key: { id: 'poison' }, sealed: expect.any(String) });
    expect(kept).toContain('/email');
    expect(kept).not.toContain('no address');
  });
});

describe('a process killed with -9', () => {
  test('has everything it acknowledged when it starts again, in the table and in the lake', async () => {
    const acknowledged = await Promise.all(
      Array.from({ length: 40 }, (_, n) => customerOf({ email: `kill${n}@example.com`, name: `Kill ${n}` })),
    );
    await tailrace.kill();
    tailrace = await startTailrace({ dataDir: folder, marts: false });
    await tailrace.flush();

    const ids = acknowledged.map(({ id }) => id).toSorted();
    const rows = await tailrace.sql(
      `SELECT id FROM customers WHERE id IN ('${ids.join("', '")}') ORDER BY id`,
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
    const params = { path: { id: acknowledged[0]!.id } };
    const read = await tailrace.client.GET('/customers/{id}', { params });
    expect(read.data).toEqual(acknowledged[0]);
  });
});
