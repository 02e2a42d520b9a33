import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { changeRow } from '../../../core/lake/change-row.ts';
import { entity, z } from '../../../core/schema/index.ts';
import type { Rule } from '../../../functions/api/rules/rule.ts';
import { call, startHarness, type Harness, type Sent } from './harness.ts';

/** Version 1 had cents as text; version 2 had one name for the owner. */
const wallet = entity({
  name: 'wallet',
  description: 'Money of somebody',
  version: 3,
  fields: {
    given: z.string().min(1),
    family: z.string(),
    tags: z.array(z.string()).default([]),
    cents: z.int().min(0),
  },
  indexes: { byCents: ['cents'] },
  upgrade: {
    1: ({ amount, ...record }) => ({ ...record, cents: Number(amount) }),
    2: ({ owner, ...record }) => {
      const [given = '?', family = ''] = String(owner).split(' ');
      return { ...record, given, family };
    },
  },
});
const payment = entity({
  name: 'payment',
  description: 'Money that leaves a wallet',
  fields: { walletId: z.string().min(1), cents: z.int().min(1) },
});
const paymentRule: Rule = {
  beforeCreate: async ({ walletId, cents }) => ({
    changes: [{ entity: 'wallet', key: String(walletId), add: { cents: -Number(cents) } }],
  }),
};

let harness: Harness;
let send: (sent: Sent) => ReturnType<typeof call>;
let wallets = 0;
const times = { createdAt: '2020-01-01T00:00:00.000Z', updatedAt: '2020-01-01T00:00:00.000Z' };

beforeAll(async () => {
  harness = await startHarness([wallet, payment]);
  const api = harness.api({ rules: { payment: paymentRule } });
  send = (sent) => call(api, sent);
});
afterAll(() => harness.close());

const toImage = (item: object): AttributeMap => marshall(item) as unknown as AttributeMap;
const table = () => harness.names.table(wallet);
const write = async (item: object): Promise<string> => {
  const id = `w${(wallets += 1)}`;
  await harness.client.send(
    new PutItemCommand({ TableName: table(), Item: marshall({ id, version: 4, ...times, ...item }) }),
  );
  return id;
};
const writeFirst = () => write({ owner: 'Ada Lovelace', amount: '1200', schemaVersion: 1 });
const itemOf = async (id: string) => {
  const { Item = {} } = await harness.client.send(
    new GetItemCommand({ TableName: table(), Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return unmarshall(Item);
};

describe('an item of an earlier schema version', () => {
  it('is read in the shape of today, through every step from its own version on', async () => {
    const [one, two, three] = [
      await writeFirst(),
      await write({ owner: 'Bob', cents: 77, schemaVersion: 2 }),
      await write({ given: 'Cy', family: 'Dee', cents: 78, schemaVersion: 3 }),
    ];
    const read = async (id: string) => (await send({ path: `/wallets/${id}` })).body;

    expect(await read(one)).toEqual({
      id: one,
      given: 'Ada',
      family: 'Lovelace',
      cents: 1200,
      tags: [],
      version: 4,
      ...times,
    });
    expect(await read(two)).toMatchObject({ given: 'Bob', family: '', cents: 77 });
    expect(await read(three)).toMatchObject({ given: 'Cy', family: 'Dee', cents: 78 });
    expect((await send({ path: '/wallets', query: 'cents=77' })).body.items).toMatchObject([
      { given: 'Bob' },
    ]);
    expect(await itemOf(one)).toMatchObject({ owner: 'Ada Lovelace', schemaVersion: 1 });
  });

  it('is rewritten by its next write', async () => {
    const id = await writeFirst();
    const path = `/wallets/${id}`;

    expect(
      await send({ method: 'PATCH', path, json: { family: 'King' }, headers: { 'if-match': '"4"' } }),
    ).toMatchObject({ status: 200, body: { given: 'Ada', family: 'King', cents: 1200, version: 5 } });
    expect(await itemOf(id)).toEqual({
      id,
      given: 'Ada',
      family: 'King',
      cents: 1200,
      tags: [],
      version: 5,
      createdAt: times.createdAt,
      updatedAt: expect.any(String),
      schemaVersion: 3,
      changedBy: expect.any(String),
    });
  });

  it('is rewritten by a rule that adds to it, once each, however many do', async () => {
    const id = await writeFirst();
    const pay = (cents: number) => send({ method: 'POST', path: '/payments', json: { walletId: id, cents } });
    const answers = await Promise.all([100, 100, 100].map(pay));

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await itemOf(id)).toMatchObject({ given: 'Ada', cents: 900, version: 7, schemaVersion: 3 });
    expect(await itemOf(id)).not.toHaveProperty('amount');
  });

  it('has the default of a field that no step knows, in each answer, and only where it is asked for', async () => {
    const id = await write({ given: 'Eve', family: 'Fox', cents: 79, schemaVersion: 3 });

    expect((await send({ path: `/wallets/${id}` })).body.tags).toEqual([]);
    expect((await send({ path: '/wallets', query: 'cents=79' })).body.items).toMatchObject([{ tags: [] }]);
    expect((await send({ path: '/wallets', query: 'cents=79&fields=given' })).body.items).toEqual([
      { given: 'Eve' },
    ]);
  });

  it('can be deleted', async () => {
    const id = await writeFirst();

    expect(await send({ method: 'DELETE', path: `/wallets/${id}` })).toMatchObject({ status: 204 });
  });
});

describe('the row of an item of an earlier schema version', () => {
  const row = (item: object, eventName = 'MODIFY') => {
    const image: AttributeMap = toImage({ id: 'w', version: 4, ...times, ...item });
    const images = eventName === 'REMOVE' ? { OldImage: image } : { NewImage: image };
    return changeRow(wallet)({
      eventID: 'e',
      eventName,
      dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1, ...images },
    });
  };

  it.each(['INSERT', 'MODIFY', 'REMOVE'])('has the columns of today: %s', (eventName) => {
    const made = row({ owner: 'Ada Lovelace', amount: '1200', schemaVersion: 1 }, eventName);

    expect(made.ok && JSON.parse(made.json)).toMatchObject({
      given: 'Ada',
      family: 'Lovelace',
      cents: 1200,
      change_schema_version: 1,
    });
  });

  it('is refused when it fits the schema of today but not its own, or is of no version', () => {
    expect(row({ owner: 'Ada', amount: '1200', schemaVersion: 3 })).toMatchObject({ ok: false });
    expect(row({ owner: 'Ada', amount: 'much', schemaVersion: 1 })).toMatchObject({ ok: false });
  });

  it('says which upgrade failed', () => {
    const broken = entity({
      name: 'broken',
      description: 'x',
      version: 2,
      fields: { a: z.string() },
      upgrade: {
        1: () => {
          throw new Error('no such luck');
        },
      },
    });
    const NewImage = toImage({ id: 'b', a: 'x', version: 1, ...times, schemaVersion: 1 });
    const made = changeRow(broken)({
      eventID: 'e',
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1, NewImage },
    });

    expect(made).toEqual({
      ok: false,
      issues: [
        { pointer: '', message: 'The upgrade from version 1 of its schema failed: Error: no such luck' },
      ],
    });
  });
});
