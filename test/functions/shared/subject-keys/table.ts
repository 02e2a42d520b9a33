import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../../../../local/dynamodb/engine.ts';

/** A real DynamoDB engine with a table of subject keys. Close it when done. */
export const startKeyTable = async (TableName: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-keys-'));
  const engine = await startEngine({ dbPath: join(folder, 'tables.sqlite') });
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'subject', AttributeType: 'S' }],
    }),
  );
  return {
    client,
    endpoint: engine.endpoint,
    /** What erasing a subject leaves of its key. */
    erase: async (subject: string) => {
      const Item = { subject: { S: subject }, erasedAt: { S: '2026-11-25T00:00:00.000Z' } };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    close: async () => {
      client.destroy();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
