import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERASED, SECRET_BYTES, type SubjectKey } from '../../../../core/privacy/subject-key.ts';
import {
  dynamoKeyStore,
  type KeyStore,
  type StoredKey,
} from '../../../../functions/shared/subject-keys/key-store.ts';
import { subjectKeys } from '../../../../functions/shared/subject-keys/subject-keys.ts';
import { startKeyTable } from './table.ts';

const TABLE = 'subject-keys';

let table: Awaited<ReturnType<typeof startKeyTable>>;
let store: KeyStore;

beforeAll(async () => {
  table = await startKeyTable(TABLE);
  store = dynamoKeyStore(table.client, TABLE);
});

afterAll(() => table.close());

let made = 0;
/** Names that no other test has. */
const names = (count: number): string[] => Array.from({ length: count }, () => `subject-${(made += 1)}`);

const hex = (key: StoredKey | undefined): string =>
  key && 'secret' in key ? Buffer.from(key.secret).toString('hex') : 'none';

const asHex = (found: ReadonlyMap<string, StoredKey>) =>
  new Map([...found].map(([subject, key]) => [subject, hex(key)]));

describe('the table of keys', () => {
  test('gives more subjects than one call may ask for a key each, and the same again', async () => {
    const subjects = names(250);

    const first = await store.create(subjects);
    const again = await store.create(subjects);
    const read = await store.read([...subjects, 'nobody']);

    expect(new Set(asHex(first).values()).size).toBe(250);
    expect(asHex(again)).toEqual(asHex(first));
    expect(asHex(read)).toEqual(asHex(first));
  });

  test('lets one of many win who make the same keys at once', async () => {
    const subjects = names(120);
    const parts = [subjects, subjects.slice(0, 60), subjects.slice(40), subjects.toReversed()];

    const all = await Promise.all(parts.map((part) => dynamoKeyStore(table.client, TABLE).create(part)));

    const there = asHex(await store.read(subjects));
    for (const [index, part] of parts.entries())
      for (const subject of part) expect(hex(all[index]!.get(subject))).toBe(there.get(subject));
  });

  test('never makes the key of an erased subject again, alone or among others', async () => {
    const subjects = names(5);
    await store.create(subjects.slice(0, 2));
    await table.erase(subjects[1]!);
    await table.erase(subjects[2]!);

    const found = await store.create(subjects);

    expect(subjects.map((subject) => 'erasedAt' in found.get(subject)!)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    const { Item } = await table.client.send(
      new GetItemCommand({ TableName: TABLE, Key: { subject: { S: subjects[1]! } } }),
    );
    expect(Object.keys(Item ?? {}).toSorted()).toEqual(['erasedAt', 'subject']);
  });

  test('with an item that has neither key nor time of erasure is an error, and the item stays', async () => {
    const [subject] = names(1) as [string];
    await table.client.send(new PutItemCommand({ TableName: TABLE, Item: { subject: { S: subject } } }));

    await expect(store.read([subject])).rejects.toThrow('neither a secret nor the time it was erased');
    await expect(store.create([subject])).rejects.toThrow('neither a secret');
  });

  test('says when a secret was made, and nothing of its subject but the name', async () => {
    const [subject] = names(1) as [string];
    await store.create([subject]);

    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: TABLE }));
    const item = Items.find((one) => one.subject?.S === subject)!;
    expect(Object.keys(item).toSorted()).toEqual(['createdAt', 'secret', 'subject']);
    expect(item.secret?.B).toHaveLength(SECRET_BYTES);
  });
});

/** A store that counts what it is asked. */
const counted = () => {
  const asked: string[][] = [];
  const counting: KeyStore = {
    read: (subjects) => {
      asked.push([...subjects]);
      return store.read(subjects);
    },
    create: store.create,
  };
  return { asked, counting };
};

describe('keys that are remembered', () => {
  test('are read once in five minutes, and keep their tokens when they are still the same', async () => {
    const { asked, counting } = counted();
    const clock = { now: 0 };
    const readKeys = subjectKeys(counting, { now: () => clock.now });
    const [subject] = names(1) as [string];

    const first = (await readKeys(new Set([subject]))).get(subject);
    clock.now = 5 * 60_000 - 1;
    await readKeys(new Set([subject]));
    expect(asked).toEqual([[subject]]);
    clock.now += 1;
    const later = (await readKeys(new Set([subject]))).get(subject);

    expect(asked).toHaveLength(2);
    expect(later).toBe(first);
  });

  test('are forgotten five minutes after their subject was erased', async () => {
    const clock = { now: 0 };
    const readKeys = subjectKeys(store, { now: () => clock.now });
    const [subject] = names(1) as [string];
    await readKeys(new Set([subject]));

    await table.erase(subject);
    clock.now = 5 * 60_000;

    expect((await readKeys(new Set([subject]))).get(subject)).toBe(ERASED);
  });

  test('are those that were asked for lately, when there are more than there is room for', async () => {
    const { asked, counting } = counted();
    const readKeys = subjectKeys(counting, { maxSubjects: 20 });
    const [busy, ...others] = names(101) as [string, ...string[]];

    for (const subject of others) await readKeys(new Set([busy, subject]));
    const keys = await readKeys(new Set(others));

    expect(asked.flat().filter((subject) => subject === busy)).toHaveLength(1);
    expect(others.map((subject) => (keys.get(subject) as SubjectKey).subject)).toEqual(others);
  });

  test('are not those of a call that failed: the next one asks again', async () => {
    const [subject] = names(1) as [string];
    let isDown = true;
    const failing: KeyStore = {
      read: (subjects) => (isDown ? Promise.reject(new Error('throttled')) : store.read(subjects)),
      create: store.create,
    };
    const readKeys = subjectKeys(failing);

    await expect(readKeys(new Set([subject]))).rejects.toThrow('throttled');
    isDown = false;
    expect((await readKeys(new Set([subject]))).get(subject)).toMatchObject({ subject });
  });
});
