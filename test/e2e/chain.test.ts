import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';

let tailrace: Tailrace;
const folder = makeFolder();

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder });
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

const create = async (path: string, body: unknown): Promise<Record<string, string>> => {
  const answer = await tailrace.call('POST', path, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Record<string, string>;
};

const shop = async () => {
  const customer = await create('/customers', { email: 'ann@example.com', name: 'Ann' });
  const product = await create('/products', {
    name: 'Blue',
    category: 'music',
    price: { amount: 1199, currency: 'USD' },
    stock: 10,
  });
  return { customerId: customer.id!, productId: product.id! };
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
    const order = await create('/orders', { customerId, lines: [{ productId, quantity: 3 }] });
    await tailrace.flush();
    expect(
      await tailrace.sql(
        'SELECT id, total.amount AS cents, total.currency AS currency, cardinality(lines) AS lines FROM orders',
      ),
    ).toEqual([{ id: order.id, cents: 3597, currency: 'USD', lines: 1 }]);

    const answer = await tailrace.call('DELETE', `/orders/${order.id}`);
    expect(answer.status).toBe(204);
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
    const stock = async (id: string | undefined) =>
      ((await (await tailrace.call('GET', `/products/${id}`)).json()) as { stock: number }).stock;
    const customer = await create('/customers', { email: 'bob@example.com', name: 'Bob' });
    const price = { amount: 500, currency: 'USD' };
    const product = await create('/products', { name: 'Rare', category: 'music', price, stock: 3 });
    const order = { customerId: customer.id, lines: [{ productId: product.id, quantity: 2 }] };
    const token = await tailrace.token();
    const place = () =>
      fetch(`${tailrace.api}/orders`, {
        method: 'POST',
        body: JSON.stringify(order),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'bob-1',
        },
      });
    const [first, second] = [await place(), await place()];
    const { id } = (await first.clone().json()) as { id: string };

    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(await second.text()).toBe(await first.text());
    expect(await stock(product.id)).toBe(1);
    expect((await tailrace.call('POST', '/orders', order)).status).toBe(409);
    expect((await tailrace.call('POST', `/orders/${id}/ship`)).status).toBe(409);
    expect((await tailrace.call('POST', `/orders/${id}/pay`)).status).toBe(200);
    expect((await tailrace.call('DELETE', `/customers/${customer.id}`)).status).toBe(409);
    expect((await tailrace.call('POST', `/orders/${id}/cancel`)).status).toBe(200);
    expect(await stock(product.id)).toBe(3);
    await tailrace.flush();
    expect(await tailrace.sql(`SELECT status, version FROM orders WHERE id = '${id}'`)).toEqual([
      { status: 'cancelled', version: 3 },
    ]);
    expect(await tailrace.sql(`SELECT stock, version FROM products WHERE id = '${product.id}'`)).toEqual([
      { stock: 3, version: 3 },
    ]);
    expect((await tailrace.call('DELETE', `/orders/${id}`)).status).toBe(204);
    expect((await tailrace.call('DELETE', `/customers/${customer.id}`)).status).toBe(204);
  });

  test('a change shows the newest version, with times to the millisecond', async () => {
    const product = await create('/products', {
      name: 'Red',
      category: 'books',
      price: { amount: 500, currency: 'EUR' },
      stock: 1,
    });
    const patched = await tailrace.call('PATCH', `/products/${product.id}`, {
      name: 'Deep red',
      tags: ['Ünïcode ☃', 'a "quote"'],
    });
    const record = (await patched.json()) as Record<string, string>;
    await tailrace.flush();
    const [row] = await tailrace.sql(
      `SELECT name, version, tags[1] AS tag, CAST(updated_at AS varchar) AS updated FROM products WHERE id = '${product.id}'`,
    );
    expect(row).toEqual({
      name: 'Deep red',
      version: 2,
      tag: 'Ünïcode ☃',
      updated: record.updatedAt!.replace('T', ' ').replace('Z', ''),
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
    const events = [
      { type: 'product_viewed', data: { productId: 'p1', sessionId: 's1' } },
      {
        type: 'cart_updated',
        id: 'e1',
        time: '1997-01-01T00:00:00Z',
        data: { sessionId: 's1', items: [{ productId: 'p1', quantity: 2 }] },
      },
    ];
    const answer = await tailrace.call('POST', '/events', { events });
    expect(answer.status).toBe(202);
    await tailrace.flush();
    expect(await tailrace.sql('SELECT event_subject, product_id, customer_id FROM product_viewed')).toEqual([
      { event_subject: 'tester', product_id: 'p1', customer_id: null },
    ]);
    expect(
      await tailrace.sql('SELECT event_id, year(event_time) AS y, items[1].quantity AS q FROM cart_updated'),
    ).toEqual([{ event_id: 'e1', y: 1997, q: 2 }]);
  });
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
    const after = await create('/customers', { email: 'after@example.com', name: 'After' });
    await tailrace.flush();

    expect(await tailrace.sql(`SELECT id FROM customers WHERE id IN ('poison', '${after.id}')`)).toEqual([
      { id: after.id },
    ]);
    const quarantine = join(folder, 's3', BUCKET, 'quarantine', 'relay', 'customer');
    const [day] = readdirSync(quarantine);
    const [file] = readdirSync(join(quarantine, day!));
    const kept = readFileSync(join(quarantine, day!, file!), 'utf8');
    expect(kept).toContain('no address');
    expect(kept).toContain('/email');
  });
});

describe('a process killed with -9', () => {
  test('has everything it acknowledged when it starts again, in the table and in the lake', async () => {
    const acknowledged = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        create('/customers', { email: `kill${n}@example.com`, name: `Kill ${n}` }),
      ),
    );
    await tailrace.kill();
    tailrace = await startTailrace({ dataDir: folder });
    await tailrace.flush();

    const rows = await tailrace.sql("SELECT id FROM customers WHERE email LIKE 'kill%' ORDER BY id");
    expect(rows.map(({ id }) => id)).toEqual(acknowledged.map(({ id }) => id!).toSorted());
    const read = await tailrace.call('GET', `/customers/${acknowledged[0]!.id}`);
    expect(read.status).toBe(200);
  });
});
