import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
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
  const giveUp = async (id: string): Promise<void> => {
    const record = {
      eventID: 'event-given-up',
      eventName: 'INSERT',
      eventSourceARN:
        'arn:aws:dynamodb:us-east-1:123456789012:table/tailrace-dev-customer/stream/2026-11-22T00:00:00.000',
      dynamodb: {
        SequenceNumber: '1',
        Keys: { id: { S: id } },
        NewImage: { id: { S: id }, name: { S: 'PLANTED given up' } },
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
    await giveUp(customerId);
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
});
