import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../cli/connection.ts';
import { finish, machineArn, start } from '../../cli/refresh/executions.ts';
import { namesOf } from '../../core/deployment.ts';
import { comparisonText } from '../../cli/reconcile/format.ts';
import { comparison, type Difference, type Outcome } from '../../cli/reconcile/outcome.ts';
import { linesOf, saidOf } from './documents.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';
const LOG = 'changes/product/';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operators.md'), 'utf8');

const folder = makeFolder();
let tailrace: Tailrace;
let s3: S3Client;
let dynamodb: DynamoDBClient;
let states: SFNClient;

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir: folder, marts: false });
  const { client } = await connect(folder);
  [s3, dynamodb, states] = [new S3Client(client), new DynamoDBClient(client), new SFNClient(client)];
});

afterAll(async () => {
  for (const client of [s3, dynamodb, states]) client.destroy();
  await tailrace.stop();
  removeFolder(folder);
});

interface Product {
  readonly id: string;
  readonly stock: number;
}

const create = async (name: string, stock = 1): Promise<Product> => {
  const price = { amount: 999, currency: 'USD' };
  const answer = await tailrace.call('POST', '/products', { name, category: 'music', price, stock });
  return (await answer.json()) as Product;
};

const patch = (id: string, stock: number) => tailrace.call('PATCH', `/products/${id}`, { stock });

/** Runs the comparison of products as the command and the schedule do. */
const reconcile = async (input: object = {}): Promise<Outcome> => {
  const arn = await machineArn(states, namesOf('dev').reconcile);
  const executionArn = await start(states, arn, { entities: ['product'], patience: 1, ...input });
  const { signal } = new AbortController();
  const { output, cause } = await finish(states, executionArn, { onState: () => {}, signal });
  if (output === undefined) throw new Error(cause);
  return comparison.parse(JSON.parse(output)).outcomes[0]!;
};

const keysBelow = async (prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: BUCKET, Prefix: prefix },
  ))
    keys.push(...Contents.map(({ Key = '' }) => Key));
  return keys;
};

const remove = (key: string) => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));

/** Makes a change, and answers the one file of the log that has it. */
const fileOf = async (change: () => Promise<unknown>): Promise<string> => {
  const before = new Set(await keysBelow(LOG));
  await change();
  await tailrace.flush();
  return (await keysBelow(LOG)).find((key) => !before.has(key))!;
};

/** Puts a file into the log with the rows of another, some columns replaced. */
const forge = async (key: string, columns: string): Promise<void> => {
  const [from, to] = [join(folder, 'from.parquet'), join(folder, 'to.parquet')];
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  writeFileSync(from, await Body!.transformToByteArray());
  await connection.run(`COPY (SELECT * REPLACE (${columns}) FROM '${from}') TO '${to}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  const forged = key.replace('.parquet', '-forged.parquet');
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: forged, Body: readFileSync(to) }));
};

/** Changes records from several clients until it is told to end; answers how many changes were made. */
const load = (products: readonly Product[]) => {
  let isOver = false;
  const client = async (number: number): Promise<number> => {
    for (let changes = 0; ; changes += 1) {
      if (isOver) return changes;
      const { id } = products[(changes * 4 + number) % products.length]!;
      await patch(id, changes % 50);
    }
  };
  const clients = [0, 1, 2, 3].map(client);
  return async (): Promise<number> => {
    isOver = true;
    return (await Promise.all(clients)).reduce((total, changes) => total + changes, 0);
  };
};

const inTable = async (): Promise<Product[]> => {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'tailrace-dev-product' }));
  const products = Items.map(({ id, stock }) => ({ id: id?.S ?? '', stock: Number(stock?.N) }));
  return products.toSorted((one, other) => (one.id < other.id ? -1 : 1));
};

const inLake = () => tailrace.sql('SELECT id, stock FROM products ORDER BY id');

const byKind = (found: readonly Difference[]) =>
  Object.fromEntries(found.map(({ kind, key }) => [kind, key.id]));

describe('a comparison of a table with its lake', () => {
  test('finds nothing where every change has arrived, removals and sealed values too', async () => {
    const [one, other] = [await create('one'), await create('other')];
    await patch(one.id, 2);
    await tailrace.call('DELETE', `/products/${other.id}`);
    await tailrace.call('POST', '/customers', { email: 'ann@example.com', name: 'Ann' });
    await tailrace.flush();

    const { code, stdout } = await tailrace.cli('reconcile', '--deep');
    const shallow = await tailrace.cli('reconcile');

    expect(code).toBe(0);
    expect(linesOf(shallow.stdout)).toEqual(saidOf(PAGE, 'reconcile'));
    expect(stdout).toMatch(/^product: equal\. 1 record at \S+, each in the lake as it is\.$/m);
    expect(stdout).toMatch(/^customer: equal\. 1 record at /m);
    expect(stdout.match(/: equal\./g)).toHaveLength(3);
    expect(await keysBelow('exports/')).toEqual([]);
  });

  test('names each key that differs, and how; a repair mends them and proves it', async () => {
    const [old, removed] = [await create('old'), await create('removed')];
    await tailrace.flush();
    const created = await fileOf(() => create('never arrives', 3));
    const changed = await fileOf(() => patch(old.id, 7));
    const removal = await fileOf(() => tailrace.call('DELETE', `/products/${removed.id}`));
    const never = (await inTable()).find(({ stock }) => stock === 3)!;
    await forge(created, `'ghost' AS id`);
    await forge(removal, `'modify' AS change_operation, change_version + 1 AS change_version`);
    await Promise.all([remove(created), remove(changed)]);

    const { code, stdout } = await tailrace.cli('reconcile', 'products', '--patience', '1', '--json');
    const said = comparison.parse(JSON.parse(stdout));
    const { found } = said.outcomes[0]!;

    expect(linesOf(comparisonText(said))).toEqual(saidOf(PAGE, 'reconcile product'));
    expect({ code, ...byKind(found) }).toEqual({
      code: 1,
      missing: never.id,
      stale: old.id,
      extra: 'ghost',
      resurrected: removed.id,
    });
    expect(found).toContainEqual({
      kind: 'stale',
      key: { id: old.id },
      table: { version: 2 },
      lake: { operation: 'insert', sequence: expect.any(String) as string, version: 1 },
    });

    const repaired = await tailrace.cli('reconcile', 'product', '--repair');

    expect(repaired.code).toBe(0);
    expect(linesOf(repaired.stdout)).toEqual(saidOf(PAGE, 'reconcile product --repair'));
    expect(await inLake()).toEqual(await inTable());
  });

  test('sees a row of the right version that holds something else only when it looks deep', async () => {
    const file = await fileOf(() => create('deep', 5));
    await forge(file, `6 AS stock`);
    await remove(file);

    expect(await reconcile()).toMatchObject({ isEqual: true });
    expect(await reconcile({ deep: true, repair: true })).toMatchObject({ isEqual: true, repaired: 1 });
    expect(await inLake()).toEqual(await inTable());
  });

  test('takes no change on its way for a difference', async () => {
    const end = load(await inTable());
    const found = await reconcile({ deep: true, patience: 60 });
    const changes = await end();

    expect(changes).toBeGreaterThan(10);
    expect(found).toMatchObject({ isEqual: true, differences: 0 });
  });
});

describe('a backfill', () => {
  test('gives a lake back that was lost whole, while records are written', async () => {
    await tailrace.cli('refresh');
    const end = load(await inTable());
    const lost = await keysBelow('');
    for (let first = 0; first < lost.length; first += 1000)
      await s3.send(
        new DeleteObjectsCommand({
          Bucket: BUCKET,
          Delete: { Objects: lost.slice(first, first + 1000).map((Key) => ({ Key })) },
        }),
      );

    const fill = (name: string) => tailrace.cli('backfill', name, '--json');
    const [{ code, stdout }] = await Promise.all([fill('products'), fill('customers'), fill('orders')]);
    await end();
    await tailrace.flush();

    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, status: 'backfilled' });
    expect(await inLake()).toEqual(await inTable());
    expect(await reconcile({ deep: true })).toMatchObject({ isEqual: true });
    expect(JSON.parse((await tailrace.cli('refresh', '--json')).stdout)).toMatchObject({
      outcomes: expect.arrayContaining([{ name: 'product' }]) as unknown,
    });
    expect(await inLake()).toEqual(await inTable());
  });

  test('done twice changes nothing, and adds no version to history', async () => {
    const history = () => tailrace.sql('SELECT count(*) AS n FROM products_history');
    const [before, state] = [await history(), await inLake()];

    const { stdout } = await tailrace.cli('backfill', 'product');
    await tailrace.flush();

    expect(linesOf(stdout)).toEqual(saidOf(PAGE, 'backfill product'));
    expect(await history()).toEqual(before);
    expect(await inLake()).toEqual(state);
  });
});
