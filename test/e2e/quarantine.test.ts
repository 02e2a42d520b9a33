import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { linesOf, saidOf } from './documents.ts';
import { writeSchemas } from './schemas.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const BUCKET = 'tailrace-dev-lake-123456789012-us-east-1';
const ORDERS =
  'arn:aws:dynamodb:us-east-1:123456789012:table/tailrace-dev-order/stream/2026-11-22T00:00:00.000';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operators.md'), 'utf8');

const folder = makeFolder();
const [dataDir, mended] = [join(folder, 'data'), join(folder, 'mended')];
mkdirSync(dataDir);
let tailrace: Tailrace;

type Item = Record<string, AttributeValue>;

interface Resource {
  readonly Properties: {
    readonly DeliveryStreamName?: string;
    readonly TableInput?: {
      readonly Name: string;
      readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string }[] };
    };
  };
}

interface Stack {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Entry {
  readonly id: string;
  readonly place: string;
  readonly entity: string;
  readonly key: { readonly id: string };
  readonly why: string;
  readonly tried: number;
  readonly state: string;
}

const aws = () => ({
  endpoint: tailrace.aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  forcePathStyle: true,
});

const create = async (path: string, body: unknown): Promise<{ id: string }> => {
  const answer = await tailrace.call('POST', path, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string };
};

const itemOf = async (id: string): Promise<Item> => {
  const command = new GetItemCommand({ TableName: 'tailrace-dev-order', Key: { id: { S: id } } });
  const { Item: item } = await new DynamoDBClient(aws()).send(command);
  return item!;
};

/** What AWS leaves of a batch that the relay failed on. */
const giveUp = async (item: Item, name: string): Promise<void> => {
  const record = {
    eventID: `event-of-${item.id?.S}`,
    eventName: 'INSERT',
    eventSourceARN: ORDERS,
    dynamodb: {
      ApproximateCreationDateTime: 1_795_352_400,
      SequenceNumber: '1',
      Keys: { id: item.id },
      NewImage: item,
    },
  };
  const body = {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 11 },
    version: '1.0',
    timestamp: '2026-11-22T13:00:00.000Z',
    payload: JSON.stringify({ Records: [record] }),
  };
  await new S3Client(aws()).send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `aws/lambda/mapping/shardId-1/2026/11/22/${name}`,
      Body: JSON.stringify(body),
    }),
  );
};

/** Stacks whose delivery stream of orders takes its columns from a table of other types, so that it cannot convert any row. */
const writeWrongStacks = (stacks: string): void => {
  cpSync(inject('assemblies')!.martless, stacks, { recursive: true });
  const path = join(stacks, 'tailrace-dev-lake.template.json');
  const { Resources, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Stack;
  const [tableId, table] = Object.entries(Resources).find(
    ([, { Properties }]) => Properties.TableInput?.Name === 'orders_changes',
  )!;
  const wrong = structuredClone(table);
  Object.assign(wrong.Properties.TableInput!, { Name: 'wrong_changes' });
  const { Columns } = wrong.Properties.TableInput!.StorageDescriptor;
  Object.assign(
    Columns.find(({ Name }) => Name === 'customer_id')!,
    { Type: 'struct<id:string>' },
  );
  const stream = Object.values(Resources).find(
    ({ Properties }) => Properties.DeliveryStreamName === 'tailrace-dev-order',
  )!;
  const destination = JSON.stringify(stream.Properties).replaceAll(`"${tableId}"`, '"WrongTable"');
  const right = { ...stream, Properties: JSON.parse(destination) as typeof stream.Properties };
  const streamId = Object.keys(Resources).find((id) => Resources[id] === stream)!;
  writeFileSync(
    path,
    JSON.stringify({ ...rest, Resources: { ...Resources, WrongTable: wrong, [streamId]: right } }),
  );
};

const quarantine = async (...words: string[]) => {
  const { code, stdout, stderr } = await tailrace.cli('quarantine', ...words, '--json');
  return { code, stderr, said: JSON.parse(stdout || 'null') as unknown };
};

const isFile = (name: string) => statSync(join(dataDir, 's3', BUCKET, name)).isFile();

const objects = () =>
  readdirSync(join(dataDir, 's3', BUCKET), { recursive: true, encoding: 'utf8' }).toSorted();

/** What still lies where something can be replayed. */
const left = () =>
  objects().filter(
    (name) => /^(?:quarantine\/(?:relay|firehose)|aws|errors)\/.*[^/]$/.test(name) && isFile(name),
  );

const counts = (ids: readonly string[]) =>
  tailrace.sql(
    `SELECT o.id, o.status, (SELECT count(*) FROM orders_history h WHERE h.id = o.id) AS versions FROM orders o
     WHERE o.id IN (${ids.map((id) => `'${id}'`).join(', ')}) ORDER BY o.id`,
  );

beforeAll(async () => {
  const assembly = join(folder, 'wrong');
  writeWrongStacks(assembly);
  tailrace = await startTailrace({ dataDir, assembly });
});

afterAll(async () => {
  await tailrace?.stop();
  removeFolder(folder);
});

describe('what fell out on its way to the lake', () => {
  let item: Item;
  let rejected: string;

  beforeAll(async () => {
    const { id: customerId } = await create('/customers', { email: 'ann@example.com', name: 'Ann' });
    const { id: productId } = await create('/products', {
      name: 'brown',
      category: 'music',
      price: { amount: 999, currency: 'USD' },
      stock: 9,
    });
    const order = { customerId, lines: [{ productId, quantity: 1 }], note: 'ring twice' };
    rejected = (await create('/orders', order)).id;
    item = await itemOf(rejected);
    await new DynamoDBClient(aws()).send(
      new PutItemCommand({
        TableName: 'tailrace-dev-order',
        Item: { ...item, id: { S: 'poison' }, status: { S: 'returned' } },
      }),
    );
    await giveUp({ ...item, id: { S: 'late' } }, 'first');
    await tailrace.flush();
  });

  test('is one list, with key and reason; a rehearsal changes nothing', async () => {
    const before = objects();

    const { said } = await quarantine('list');
    const entries = said as Entry[];
    const shown = await quarantine('show', entries.find(({ place }) => place === 'relay')!.id, '--reveal');
    const rehearsed = await quarantine('replay', '--dry-run');

    expect(entries.toSorted((one, other) => one.place.localeCompare(other.place))).toMatchObject([
      { place: 'firehose', entity: 'order', key: { id: rejected }, tried: 1, state: 'new' },
      { place: 'mapping', entity: 'order', key: { id: 'late' }, why: 'RetryAttemptsExhausted', tried: 11 },
      { place: 'relay', entity: 'order', key: { id: 'poison' }, why: 'DoesNotFit: /status', tried: 1 },
    ]);
    expect(shown.said).toMatchObject({
      content: { record: { dynamodb: { NewImage: { note: { S: 'ring twice' } } } } },
    });
    expect([rehearsed.code, rehearsed.said]).toMatchObject([
      2,
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'misfit', why: '/status' }),
        expect.objectContaining({ outcome: 'new' }),
      ]),
    ]);
    expect(objects()).toEqual(before);
  });

  test('is told as the page for operators says', async () => {
    const listed = await tailrace.cli('quarantine', 'list');
    const id = /(\w+) │[^│]*│ relay/.exec(listed.stdout)![1]!;
    const shown = await tailrace.cli('quarantine', 'show', id);
    const rehearsed = await tailrace.cli('quarantine', 'replay', '--dry-run');

    expect(linesOf(listed.stdout + listed.stderr)).toEqual(saidOf(PAGE, 'quarantine list'));
    expect(linesOf(shown.stdout + shown.stderr)).toEqual(saidOf(PAGE, 'quarantine show 7e0d0301470aab18'));
    expect(linesOf(rehearsed.stdout + rehearsed.stderr)).toEqual(saidOf(PAGE, 'quarantine replay --dry-run'));
  });

  test('is replayed once schema and table are mended, and is in the lake once', async () => {
    await tailrace.stop();
    const source = readFileSync(join(import.meta.dirname, '..', '..', 'schemas', 'order.ts'), 'utf8');
    writeSchemas(mended, 'order.ts', source.replace("'delivered', ", "'delivered', 'returned', "));
    tailrace = await startTailrace({ dataDir, marts: false, environment: { TAILRACE_SCHEMAS: mended } });

    const replayed = await tailrace.cli('quarantine', 'replay', '--entity', 'orders');

    expect(replayed.code).toBe(0);
    expect(linesOf(replayed.stdout + replayed.stderr)).toEqual(
      saidOf(PAGE, 'quarantine replay --entity orders'),
    );
    const ids = ['late', 'poison', rejected];
    const once = await counts(ids);
    expect(once).toEqual(
      ids.toSorted().map((id) => ({ id, status: id === 'poison' ? 'returned' : 'placed', versions: 1 })),
    );
    expect(left()).toEqual([]);

    await giveUp({ ...item, id: { S: 'late' } }, 'second');
    const again = await quarantine('replay');

    expect((again.said as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['delivered']);
    expect(await counts(ids)).toEqual(once);
    expect(left()).toEqual([]);
  });
});
