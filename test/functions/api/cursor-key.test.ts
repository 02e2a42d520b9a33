import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { storedCursorKey } from '../../../functions/api/cursor-key.ts';
import { startTables, type Tables } from '../tables.ts';

const TABLE = 'keys';
let tables: Tables;

const createTable = () =>
  tables.client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );

beforeAll(async () => {
  tables = await startTables([]);
  await createTable();
});
beforeEach(async () => {
  await tables.client.send(new DeleteTableCommand({ TableName: TABLE }));
  await createTable();
});
afterAll(() => tables.close());

it('is one secret for all functions, however many start at once', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => storedCursorKey(tables.client, TABLE)()));

  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(keys[0]).toHaveLength(32);
});

it('is the same after a restart, and another in another deployment', async () => {
  const first = await storedCursorKey(tables.client, TABLE)();
  const again = await storedCursorKey(tables.client, TABLE)();
  await tables.client.send(new DeleteTableCommand({ TableName: TABLE }));
  await createTable();
  const other = await storedCursorKey(tables.client, TABLE)();

  expect(Buffer.from(again)).toEqual(Buffer.from(first));
  expect(Buffer.from(other)).not.toEqual(Buffer.from(first));
});

it('is tried again after a failure', async () => {
  const cursorKey = storedCursorKey(tables.client, TABLE);
  await tables.client.send(new DeleteTableCommand({ TableName: TABLE }));
  await expect(cursorKey()).rejects.toThrow('not found');
  await createTable();

  expect(await cursorKey()).toHaveLength(32);
});
