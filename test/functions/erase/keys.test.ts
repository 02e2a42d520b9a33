import { createPublicKey } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { erasureKeys } from '../../../functions/erase/keys.ts';
import type { ErasureKeys } from '../../../functions/erase/ports.ts';
import { dynamoKeyStore } from '../../../functions/shared/subject-keys/key-store.ts';
import { startKeyTable } from '../shared/subject-keys/table.ts';

const TABLE = 'keys';
let table: Awaited<ReturnType<typeof startKeyTable>>;
let keys: ErasureKeys;

beforeAll(async () => {
  table = await startKeyTable(TABLE);
  keys = erasureKeys(table.client, TABLE);
});
afterAll(() => table.close());

test('a key that is destroyed is gone, is remembered as that, and is never made again', async () => {
  const store = dynamoKeyStore(table.client, TABLE);
  await store.create(['c1']);

  const first = await keys.destroy('c1', new Date('2026-11-26T00:00:00Z'));
  const second = await keys.destroy('c1', new Date('2026-11-27T00:00:00Z'));

  expect([first, second]).toEqual(['2026-11-26T00:00:00.000Z', '2026-11-26T00:00:00.000Z']);
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: TABLE, Key: { subject: { S: 'c1' } } }),
  );
  expect(Object.keys(Item ?? {}).toSorted()).toEqual(['erasedAt', 'subject']);
  expect((await store.create(['c1'])).get('c1')).toEqual({ erasedAt: first });
});

test('who never had a key gets none after', async () => {
  expect(await keys.isKnown('c2')).toBe(false);

  await keys.destroy('c2', new Date('2026-11-26T00:00:00Z'));

  expect(await keys.isKnown('c2')).toBe(true);
  expect((await dynamoKeyStore(table.client, TABLE).create(['c2'])).get('c2')).toHaveProperty('erasedAt');
});

test('of several who need a key for reports one makes it, and all have the same', async () => {
  const made = await Promise.all([keys.signing(), keys.signing(), keys.signing(), keys.signing()]);

  const texts = made.map((key) => createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  expect(new Set(texts).size).toBe(1);
});
