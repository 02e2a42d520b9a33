import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { eventually } from './cloud.ts';

const BINARY = new URL('../../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url).pathname;

const freePort = async () =>
  await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** A DynamoDB engine of its own, its data in `folder`. */
export const startDynamoDb = async (folder: string) => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const args = ['serve', '--port', new URL(endpoint).port, '--db-path', join(folder, 'dynamodb.sqlite')];
  const launch = () => spawn(BINARY, args, { stdio: 'ignore' });
  const reachable = async () =>
    await eventually(
      'the DynamoDB engine',
      async () =>
        await fetch(endpoint).then(
          () => true,
          () => false,
        ),
    );
  let engine = launch();
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await reachable();
  const restart = async () => {
    engine.kill('SIGKILL');
    await once(engine, 'exit');
    engine = launch();
    await reachable();
  };
  return {
    endpoint,
    ...tables(client),
    restart,
    stop: () => void (client.destroy(), engine.kill('SIGKILL')),
  };
};

const tables = (client: DynamoDBClient) => ({
  createTable: async (name: string) =>
    await client.send(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    ),
  deleteTable: async (name: string) => await client.send(new DeleteTableCommand({ TableName: name })),
  put: async (name: string, id: string, more: Record<string, { S: string }> = {}) =>
    await client.send(new PutItemCommand({ TableName: name, Item: { id: { S: id }, ...more } })),
  putAll: async (name: string, ids: readonly string[], more: Record<string, { S: string }> = {}) => {
    for (let from = 0; from < ids.length; from += 25) {
      const puts = ids
        .slice(from, from + 25)
        .map((id) => ({ PutRequest: { Item: { id: { S: id }, ...more } } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
    }
  },
});
