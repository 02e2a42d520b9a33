import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBackupCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine, type Engine } from '../../../local/dynamodb/engine.ts';
import { startDynamoDb } from '../../../local/dynamodb/service.ts';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { openPrincipals } from '../../../local/iam/principals.ts';
import { openObjectStore } from '../../../local/s3/store.ts';
import type { Cloud, Resource } from '../../../local/service.ts';
import { serveServices } from '../serve.ts';

const ROLE = 'arn:aws:iam::123456789012:role/reader';
const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/things';

const table = (indexes: readonly string[] = []): Resource => ({
  stack: 'app',
  logicalId: 'Things',
  type: 'AWS::DynamoDB::GlobalTable',
  ref: 'things',
  attributes: { Arn: TABLE },
  properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', ...indexes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: indexes.map((name) => ({
      IndexName: `by-${name}`,
      KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    })),
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
  metadata: {},
});

const role: Resource = {
  stack: 'app',
  logicalId: 'Reader',
  type: 'AWS::IAM::Role',
  ref: 'reader',
  attributes: { Arn: ROLE },
  properties: {
    Policies: [
      { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE }] } },
    ],
  },
  metadata: {},
};

const cloudOf = (resource: Resource): Cloud => ({
  region: 'us-east-1',
  account: '123456789012',
  dataDir: folder,
  assemblyDir: folder,
  endpoint: '',
  resources: (type) => (type === resource.type ? [resource] : []),
  log: () => {},
});

const folder = mkdtempSync(join(tmpdir(), 'tailrace-dynamodb-'));
const store = openObjectStore({ dataDir: folder });
const places = () => ({ store, dbPath: join(folder, 'tables.sqlite') });
let engine: Engine;
let gateway: Gateway;

const settings = (accessKeyId = 'person') => ({
  endpoint: gateway.address,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'x' },
});

beforeAll(async () => {
  engine = await startEngine({ dbPath: join(folder, 'tables.sqlite') });
  gateway = await serveServices([await startDynamoDb(cloudOf(table()), engine.endpoint, places())], [role]);
});

afterAll(async () => {
  await gateway.close();
  await engine.close();
  store.close();
  rmSync(folder, { recursive: true });
});

describe('DynamoDB behind the endpoint', () => {
  test('has the tables of the template, and names streams in its own region', async () => {
    const { Table } = await new DynamoDBClient(settings()).send(
      new DescribeTableCommand({ TableName: 'things' }),
    );
    expect(Table?.LatestStreamArn).toMatch(/^arn:aws:dynamodb:us-east-1:/);
    const stream = await new DynamoDBStreamsClient(settings()).send(
      new DescribeStreamCommand({ StreamArn: Table?.LatestStreamArn }),
    );
    expect(stream.StreamDescription?.TableName).toBe('things');
  });

  test('lets a role read what its policy allows, and nothing else', async () => {
    await new DynamoDBClient(settings()).send(
      new PutItemCommand({ TableName: 'things', Item: { id: { S: 'a' } } }),
    );
    const reader = new DynamoDBClient(
      settings(openPrincipals([role], '123456789012').credentialsOf(ROLE).accessKeyId),
    );

    await expect(
      reader.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: 'a' } } })),
    ).resolves.toMatchObject({ Item: { id: { S: 'a' } } });
    await expect(reader.send(new ScanCommand({ TableName: 'things' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('ends the pages of a table without a sort key after its one item', async () => {
    const client = new DynamoDBClient(settings());
    await client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'one' } } }));
    const question = {
      TableName: 'things',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: 'one' } },
    };
    const pages = [];
    for await (const { Items = [] } of paginateQuery({ client, pageSize: 1 }, question)) {
      pages.push(Items.map(({ id }) => id?.S));
      if (pages.length > 2) break;
    }

    expect(pages).toEqual([['one'], []]);
  });

  test('refuses by name what the engine does not have', async () => {
    const attempt = new DynamoDBClient(settings()).send(
      new CreateBackupCommand({ TableName: 'things', BackupName: 'before' }),
    );
    await expect(attempt).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  test('adds a new index to a table that is there, and refuses another key', async () => {
    await startDynamoDb(cloudOf(table(['colour'])), engine.endpoint, places());
    const { Table } = await new DynamoDBClient(settings()).send(
      new DescribeTableCommand({ TableName: 'things' }),
    );
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['by-colour']);

    const rekeyed = {
      ...table(),
      properties: { ...table().properties, KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] },
    };
    await expect(startDynamoDb(cloudOf(rekeyed), engine.endpoint, places())).rejects.toThrow('--fresh');
  });
});
