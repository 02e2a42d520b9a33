import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeExportCommand,
  DynamoDBClient,
  ExportTableToPointInTimeCommand,
  ListExportsCommand,
  PutItemCommand,
  type ExportDescription,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine, type Engine } from '../../../local/dynamodb/engine.ts';
import { md5Of } from '../../../local/dynamodb/export/manifest.ts';
import { startDynamoDb } from '../../../local/dynamodb/service.ts';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { openPrincipals } from '../../../local/iam/principals.ts';
import { openObjectStore } from '../../../local/s3/store.ts';
import type { Cloud, Resource, Service } from '../../../local/service.ts';
import { serveServices } from '../serve.ts';

const arnOf = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;

const table = (name: string, recoverable: boolean): Resource => ({
  stack: 'app',
  logicalId: name,
  type: 'AWS::DynamoDB::GlobalTable',
  ref: name,
  attributes: { Arn: arnOf(name) },
  properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    Replicas: [
      {
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recoverable },
      },
    ],
  },
  metadata: {},
});

const ROLE = 'arn:aws:iam::123456789012:role/exporter';

const role: Resource = {
  stack: 'app',
  logicalId: 'Exporter',
  type: 'AWS::IAM::Role',
  ref: 'exporter',
  attributes: { Arn: ROLE },
  properties: {
    Policies: [
      {
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: 'dynamodb:ExportTableToPointInTime', Resource: arnOf('things') },
            { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::lake/exports/*' },
          ],
        },
      },
    ],
  },
  metadata: {},
};

const folder = mkdtempSync(join(tmpdir(), 'tailrace-export-'));
const dbPath = join(folder, 'tables.sqlite');
const resources = [table('things', true), table('unsafe', false)];
const cloud: Cloud = {
  region: 'us-east-1',
  account: '123456789012',
  dataDir: folder,
  assemblyDir: folder,
  endpoint: '',
  resources: (type) => resources.filter((resource) => resource.type === type),
  log: () => {},
};
const store = openObjectStore(cloud);
let engine: Engine;
let service: Service;
let gateway: Gateway;
let client: DynamoDBClient;

const clientAs = (accessKeyId: string) =>
  new DynamoDBClient({
    endpoint: gateway.address,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'x' },
  });

beforeAll(async () => {
  store.createBucket('lake');
  mkdirSync(join(folder, 'dynamodb'));
  engine = await startEngine({ dbPath });
  service = await startDynamoDb(cloud, engine.endpoint, { store, dbPath });
  gateway = await serveServices([service], [role]);
  client = clientAs('person');
});

afterAll(async () => {
  await gateway.close();
  await service.close();
  await engine.close();
  store.close();
  rmSync(folder, { recursive: true });
});

const put = (id: string, attributes = {}) =>
  client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id }, ...attributes } }));

const begin = async (options = {}): Promise<ExportDescription> => {
  const input = { TableArn: arnOf('things'), S3Bucket: 'lake', S3Prefix: 'exports/things', ...options };
  const { ExportDescription } = await client.send(new ExportTableToPointInTimeCommand(input));
  return ExportDescription!;
};

const finish = async ({ ExportArn }: ExportDescription): Promise<ExportDescription> => {
  for (;;) {
    const { ExportDescription } = await client.send(new DescribeExportCommand({ ExportArn }));
    if (ExportDescription?.ExportStatus !== 'IN_PROGRESS') return ExportDescription!;
  }
};

const textOf = async (key: string): Promise<string> => (await store.get('lake', key)).toString('utf8');

interface Line {
  readonly itemCount: number;
  readonly md5Checksum: string;
  readonly dataFileS3Key: string;
}

/** The items of an export, found through its manifests as a reader would, each checksum held to. */
const itemsOf = async (done: ExportDescription): Promise<unknown[]> => {
  const summary = await textOf(done.ExportManifest!);
  expect(await textOf(done.ExportManifest!.replace('.json', '.checksum'))).toBe(md5Of(summary));
  const { manifestFilesS3Key } = JSON.parse(summary) as { manifestFilesS3Key: string };
  const lines = (await textOf(manifestFilesS3Key))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const files = await Promise.all(
    lines.map(async ({ dataFileS3Key, itemCount, md5Checksum }) => {
      const body = await store.get('lake', dataFileS3Key);
      expect(md5Of(body)).toBe(md5Checksum);
      const items = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
      expect(items).toHaveLength(itemCount);
      return items.map((item) => (JSON.parse(item) as { Item: unknown }).Item);
    }),
  );
  return files.flat();
};

describe('an export of a table', () => {
  test('has every item as it was when it was asked for, in the form AWS documents', async () => {
    await put('a', { name: { S: 'naïve "quotes" 🐟' }, list: { L: [{ N: '1.5' }, { NULL: true }] } });
    await put('b');
    const begun = await begin();
    await Promise.all([
      put('a', { name: { S: 'later' } }),
      put('c'),
      client.send(new DeleteItemCommand({ TableName: 'things', Key: { id: { S: 'b' } } })),
    ]);

    const done = await finish(begun);

    expect(done).toMatchObject({ ExportStatus: 'COMPLETED', ItemCount: 2, ExportFormat: 'DYNAMODB_JSON' });
    expect(done.ExportManifest).toMatch(
      /^exports\/things\/AWSDynamoDB\/\d{14}-[0-9a-f]{8}\/manifest-summary\.json$/,
    );
    expect(await itemsOf(done)).toEqual([
      {
        id: { S: 'a' },
        name: { S: 'naïve "quotes" 🐟' },
        list: { L: [{ N: '1.5' }, { NULL: true }] },
      },
      { id: { S: 'b' } },
    ]);
  });

  test('of many items comes in several files, each item in one of them', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `many${index}`);
    const text = 'x'.repeat(380_000);
    for (const id of ids)
      await client.send(
        new BatchWriteItemCommand({
          RequestItems: { things: [{ PutRequest: { Item: { id: { S: id }, text: { S: text } } } }] },
        }),
      );

    const done = await finish(await begin());

    const found = (await itemsOf(done)) as { id: { S: string } }[];
    const files = store.list('lake', `${done.ExportManifest?.replace('manifest-summary.json', '')}data/`);
    expect(files).toHaveLength(2);
    expect(found.map(({ id }) => id.S)).toEqual(expect.arrayContaining(ids));
    expect(found).toHaveLength(done.ItemCount!);
  });

  test('asked for twice with one token is made once', async () => {
    const [first, second] = [await begin({ ClientToken: 't' }), await begin({ ClientToken: 't' })];

    expect(second.ExportArn).toBe(first.ExportArn);
    await expect(begin({ ClientToken: 't', S3Prefix: 'other' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
  });

  test('is listed with the others of its table, page by page', async () => {
    const { ExportSummaries = [], NextToken } = await client.send(
      new ListExportsCommand({ TableArn: arnOf('things'), MaxResults: 2 }),
    );
    const rest = await client.send(new ListExportsCommand({ TableArn: arnOf('things'), NextToken }));

    expect(ExportSummaries).toHaveLength(2);
    expect(rest.ExportSummaries).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
  });

  test('is refused without recovery, of the past, of no table and into no bucket', async () => {
    await expect(begin({ TableArn: arnOf('unsafe') })).rejects.toMatchObject({
      name: 'PointInTimeRecoveryUnavailableException',
    });
    await expect(begin({ ExportTime: new Date('2026-01-01') })).rejects.toMatchObject({
      name: 'InvalidExportTimeException',
    });
    await expect(begin({ TableArn: arnOf('nothing') })).rejects.toMatchObject({
      name: 'TableNotFoundException',
    });
    await expect(begin({ S3Bucket: 'elsewhere' })).rejects.toMatchObject({
      name: 'S3NoSuchBucketException',
    });
    await expect(begin({ ExportFormat: 'ION' })).rejects.toThrow('DYNAMODB_JSON');
  });

  test('needs the right to export and the right to write there', async () => {
    const exporter = clientAs(openPrincipals([role], '123456789012').credentialsOf(ROLE).accessKeyId);
    const input = { TableArn: arnOf('things'), S3Bucket: 'lake' };
    const allowed = new ExportTableToPointInTimeCommand({ ...input, S3Prefix: 'exports/x' });

    await expect(exporter.send(allowed)).resolves.toBeDefined();
    await expect(exporter.send(new ExportTableToPointInTimeCommand(input))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('that the end of the process interrupted has failed', async () => {
    const begun = await begin();
    await service.close();
    const file = join(folder, 'dynamodb', 'exports.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('COMPLETED', 'IN_PROGRESS'));
    const again = await startDynamoDb(cloud, engine.endpoint, { store, dbPath });
    const served = await serveServices([again]);
    const settings = { region: 'us-east-1', credentials: { accessKeyId: 'me', secretAccessKey: 'x' } };

    const { ExportDescription } = await new DynamoDBClient({ ...settings, endpoint: served.address }).send(
      new DescribeExportCommand({ ExportArn: begun.ExportArn }),
    );

    expect(ExportDescription).toMatchObject({
      ExportStatus: 'FAILED',
      FailureMessage: 'The local cloud stopped during the export.',
    });
    await served.close();
    await again.close();
  });
});
