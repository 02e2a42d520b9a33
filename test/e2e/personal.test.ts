import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

type Item = Record<string, AttributeValue>;

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

describe('the logs', () => {
  /** Values of personal fields: no log may have any of them, wherever a client puts them. */
  const LOGGED = ['planted.address', 'Planted Fullname', 'planted-in-a-query', 'planted-in-a-path'];

  const logs = (): string => {
    const names = readdirSync(join(folder, 'logs'));
    return [tailrace.log(), ...names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))].join(
      '\n',
    );
  };

  test('no log has a token or a personal field, and every answer is found in them by its request id', async () => {
    const token = await tailrace.token('customer', 'somebody');
    const staff = await tailrace.token();
    const person = { email: 'planted.address@example.com', name: 'Planted Fullname' };
    const asked: [method: string, path: string, body?: unknown, token?: string][] = [
      ['POST', '/customers', person, token],
      ['POST', '/customers', person, token],
      ['POST', '/customers', { ...person, email: 'planted.address' }, staff],
      ['POST', '/customers', { ...person, [LOGGED[1]!]: LOGGED[1] }, staff],
      ['PATCH', '/customers/somebody', { name: 'Planted Fullname again' }, token],
      ['PATCH', '/customers/somebody', { email: { planted: 'planted.address' } }, token],
      ['GET', '/customers?email=planted-in-a-query@example.com', undefined, staff],
      ['GET', '/customers?name=planted-in-a-query', undefined, staff],
      ['GET', '/customers/planted-in-a-path', undefined, token],
      ['GET', '/planted-in-a-path', undefined, token],
      ['DELETE', '/customers/somebody', undefined, token],
      [
        'POST',
        '/events',
        { events: [{ type: 'product_viewed', data: { sessionId: 'planted-in-a-query' } }] },
        token,
      ],
    ];
    const ids: string[] = [];
    const statuses: number[] = [];
    for (const [method, path, body, given] of asked) {
      const answer = await tailrace.call(method, path, body, given);
      statuses.push(answer.status);
      const id = answer.headers.get('x-request-id');
      if (id) ids.push(id);
    }
    await tailrace.flush();
    const written = logs();

    expect(statuses).toEqual([201, 409, 400, 400, 200, 400, 200, 400, 404, 404, 403, 400]);
    expect(ids).toHaveLength(asked.length);
    expect(ids.filter((id) => !written.includes(id))).toEqual([]);
    expect([...LOGGED, token, staff, token.split('.')[2]!].filter((text) => written.includes(text))).toEqual(
      [],
    );
    expect(written).toMatch(
      /"route":"\/customers\/\{id\}".*"status":200.*"latencyMs":.*"capacityUnits":3.*"traceId":"1-/,
    );
  });
});

describe('personal data', () => {
  const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';
  const PLANTED = /planted|PLANTED/;
  const aws = () => ({
    endpoint: tailrace.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });

  const ZSTD = (bytes: Uint8Array): Uint8Array => zstdDecompressSync(bytes);

  const filesBelow = (path: string): string[] =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => join(path, name))
      .filter((file) => statSync(file).isFile());

  /** What a file says: of Parquet its rows too, which are compressed. */
  const contentOf = async (file: string): Promise<string> => {
    const bytes = readFileSync(file);
    if (bytes.subarray(0, 4).toString() !== 'PAR1') return bytes.toString('latin1');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors: { ZSTD } });
    return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  };

  /** Files of the lake and logs of functions that say something of the kind. */
  const filesWith = async (text: RegExp): Promise<string[]> => {
    const files = ['s3', 'logs'].flatMap((name) => filesBelow(join(folder, name)));
    const contents = await Promise.all(files.map(contentOf));
    return files.filter((_, index) => text.test(contents[index] ?? ''));
  };

  /** What AWS leaves of a batch that the relay failed on. */
  const giveUp = async (entity: string, image: Item): Promise<void> => {
    const record = {
      eventID: `event-given-up-${image.id?.S}`,
      eventName: 'INSERT',
      eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/tailrace-dev-${entity}/stream/2026-11-22T00:00:00.000`,
      dynamodb: {
        ApproximateCreationDateTime: 1_795_352_400,
        SequenceNumber: '1',
        Keys: { id: image.id },
        NewImage: image,
      },
    };
    const body = {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 11 },
      payload: JSON.stringify({ Records: [record] }),
    };
    await new S3Client(aws()).send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: 'aws/lambda/mapping/shardId-1/2026/11/22/x',
        Body: JSON.stringify(body),
      }),
    );
  };

  test('is a token in state, history, log, quarantine and what was given up; whoever may reads it', async () => {
    const person = { email: 'planted@example.com', name: 'PLANTED Zoë' };
    const { id: customerId } = await create('/customers', person);
    const { id: productId } = await product('brown', 9);
    const order = { customerId, lines: [{ productId, quantity: 1 }], note: 'PLANTED: ring twice' };
    await create('/orders', order);
    await create('/orders', order);
    await create('/orders', { ...order, note: 'PLANTED: leave it' });
    await new DynamoDBClient(aws()).send(
      new PutItemCommand({
        TableName: 'tailrace-dev-customer',
        Item: { id: { S: 'poison' }, email: { S: 'planted, no address' }, name: { S: 'PLANTED poison' } },
      }),
    );
    await tailrace.flush();
    await giveUp('customer', { id: { S: customerId }, name: { S: 'PLANTED given up' } });
    expect(await filesWith(PLANTED)).toHaveLength(1);

    const { FunctionError, Payload } = await new LambdaClient(aws()).send(
      new InvokeCommand({ FunctionName: 'tailrace-dev-sweep' }),
    );
    expect([FunctionError, JSON.parse(Buffer.from(Payload!).toString())]).toEqual([
      undefined,
      { objects: 1, records: 1, unread: 0 },
    ]);
    expect(await refresh()).toMatchObject({ status: 'refreshed' });

    expect(await filesWith(PLANTED)).toEqual([]);
    const token = `sealed:v1:${Buffer.from(customerId).toString('base64url')}:`;
    expect((await filesWith(new RegExp(token))).map((file) => file.split(BUCKET)[1]!.split('/')[1])).toEqual(
      expect.arrayContaining(['changes', 'curated', 'quarantine']),
    );
    for (const view of ['orders', 'orders_history', 'orders_changes'])
      expect(
        await tailrace.sql(
          `SELECT count(*) AS n, count(DISTINCT note) AS notes, min(starts_with(note, '${token}')) AS sealed FROM ${view}`,
        ),
      ).toEqual([{ n: 3, notes: 2, sealed: true }]);
    expect(
      await tailrace.sql(
        'SELECT c.country, count(*) AS n FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.email, c.country',
      ),
    ).toEqual([{ country: null, n: 3 }]);

    const sql = 'SELECT note, count(*) AS n FROM orders GROUP BY note ORDER BY n DESC';
    const revealed = await tailrace.cli('query', sql, '--reveal', '--json');
    expect(JSON.parse(revealed.stdout)).toEqual([
      { note: 'PLANTED: ring twice', n: 2 },
      { note: 'PLANTED: leave it', n: 1 },
    ]);
    expect((await tailrace.cli('query', sql, '--json')).stdout).not.toMatch(PLANTED);
    expect(await filesWith(PLANTED)).toEqual([]);
  });

  const GONE = /vanish|VANISH/;

  const change = async (path: string, body: unknown): Promise<void> => {
    expect((await tailrace.call('PATCH', path, body)).status).toBe(200);
  };

  /** A record that fits no schema, written past the API and taken away again: both changes go to quarantine. */
  const misfit = async (customerId: string): Promise<void> => {
    const dynamodb = new DynamoDBClient(aws());
    const [TableName, id] = ['tailrace-dev-order', { S: 'misfit' }];
    const item = { id, customerId: { S: customerId }, note: { S: 'VANISH misfit' } };
    await dynamodb.send(new PutItemCommand({ TableName, Item: item }));
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: { id } }));
  };

  /** An order like another, whose change was given up and replayed. */
  const replayed = async (id: string): Promise<void> => {
    const command = new GetItemCommand({ TableName: 'tailrace-dev-order', Key: { id: { S: id } } });
    const { Item: item } = await new DynamoDBClient(aws()).send(command);
    await giveUp('order', { ...item, id: { S: 'late' }, note: { S: 'VANISH: late' } });
    await tailrace.flush();
    await tailrace.cli('quarantine', 'replay');
    expect(await tailrace.sql("SELECT id FROM orders WHERE id = 'late'")).toEqual([{ id: 'late' }]);
  };

  /** A person who was created, changed, quarantined, replayed and given up, with two orders; the strings say VANISH. */
  const personWithOrders = async (): Promise<string> => {
    const { id: customerId } = await create('/customers', {
      email: 'vanish@example.com',
      name: 'VANISH Ada',
      country: 'SE',
    });
    await change(`/customers/${customerId}`, { name: 'VANISH Ada of before' });
    const { id: productId } = await product('green', 9);
    const order = { customerId, lines: [{ productId, quantity: 2 }], note: 'VANISH: ring twice' };
    const { id } = await create('/orders', order);
    await change(`/orders/${id}`, { note: 'VANISH: leave it' });
    await create('/orders', order);
    await misfit(customerId);
    await replayed(id);
    await giveUp('customer', { id: { S: customerId }, name: { S: 'VANISH given up' } });
    return customerId;
  };

  const relations = async (): Promise<string[]> => {
    const rows = await tailrace.sql(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'tailrace_dev'",
    );
    return rows.map(({ name }) => String(name));
  };

  /** Everything that the lake has, but the runs of marts, which their views show. */
  const everyAnswer = async (): Promise<Record<string, string>> => {
    const names = (await relations()).filter((name) => !/_r\d/.test(name));
    const answers = await Promise.all(
      names.map(async (name) => [name, JSON.stringify(await tailrace.sql(`SELECT * FROM ${name}`))] as const),
    );
    return Object.fromEntries(answers);
  };

  const relationsWith = async (text: RegExp): Promise<string[]> =>
    Object.entries(await everyAnswer())
      .filter(([, answer]) => text.test(answer))
      .map(([name]) => name)
      .toSorted();

  const revenue = () => tailrace.sql('SELECT count(*) AS orders, sum(total_amount) AS amount FROM orders');

  const mart = () => tailrace.sql('SELECT * FROM daily_revenue ORDER BY 1, 2');

  const erase = async (subject: string): Promise<string> => {
    const { code, stdout, stderr } = await tailrace.cli('erase', subject, '--json');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  /** The database of the tables without its streams, which AWS keeps for a day. */
  const withoutStreams = (): string => {
    const path = join(folder, 'dynamodb', 'tables.sqlite');
    const database = new DatabaseSync(path);
    database.exec('DELETE FROM _stream_records; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    return readFileSync(path, 'latin1');
  };

  test('cannot be erased of somebody nobody knows', async () => {
    const { code, stderr } = await tailrace.cli('erase', 'nobody');

    expect([code, stderr]).toEqual([1, expect.stringContaining('Nothing is known of "nobody"')]);
  });

  test('of who is erased is nowhere any more, in no byte and no answer, and revenue is what it was', async () => {
    const customerId = await personWithOrders();
    await tailrace.flush();
    expect(await refresh()).toMatchObject({ status: 'refreshed' });
    const token = new RegExp(`sealed:v1:${Buffer.from(customerId).toString('base64url')}:`);
    expect(await relationsWith(token)).toEqual(expect.arrayContaining(['customers', 'orders_history']));
    expect((await filesWith(token)).filter((path) => path.includes('/curated/'))).not.toEqual([]);
    const before = [await revenue(), await mart()];

    await tailrace.cli('erase', customerId, '--no-wait');
    const isGone = async () =>
      expect((await tailrace.call('GET', `/customers/${customerId}`)).status).toBe(404);
    await vi.waitFor(isGone, { timeout: 30_000 });
    await tailrace.kill();
    tailrace = await startTailrace({ dataDir: folder });
    const report = await erase(customerId);
    expect(await erase(customerId)).toBe(report);

    expect(JSON.parse(report)).toMatchObject({
      report: {
        subject: customerId,
        records: [
          { entity: 'customer', deleted: 1, anonymised: 0 },
          { entity: 'order', deleted: 0, anonymised: 2 },
        ],
        unseen: 0,
      },
    });
    expect(report).not.toMatch(GONE);
    expect([await revenue(), await mart()]).toEqual(before);
    expect(await relationsWith(token)).toEqual(['customers_changes', 'orders_changes']);
    expect(await relationsWith(GONE)).toEqual([]);
    expect((await filesWith(token)).filter((path) => path.includes('/curated/'))).toEqual([]);
    const file = join(folder, 'report.json');
    writeFileSync(file, report);
    expect((await tailrace.cli('erase', '--verify', file)).code).toBe(0);
    writeFileSync(file, report.replace('"deleted":1', '"deleted":2'));
    const { code, stderr } = await tailrace.cli('erase', '--verify', file);
    expect([code, stderr]).toEqual([1, expect.stringContaining('not as it was signed')]);

    await tailrace.stop();
    const holding = filesBelow(folder).filter((path) => !path.includes(join('dynamodb', 'tables.sqlite')));
    const contents = await Promise.all(holding.map(contentOf));
    expect(holding.filter((_, index) => GONE.test(contents[index]!))).toEqual([]);
    expect(withoutStreams()).not.toMatch(GONE);
  });
});
