import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { quarantinedSchema } from '../../../core/quarantine/quarantined.ts';
import {
  openQuarantined,
  quarantinedSubject,
  type QuarantineObject,
} from '../../../functions/relay/quarantine.ts';
import { createRelay, type Invocation } from '../../../functions/relay/relay.ts';
import type { SourceRecord } from '../../../functions/relay/sort.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';
import { product } from '../../../schemas/product.ts';
import { memoryKeys } from '../shared/subject-keys/memory-keys.ts';
import {
  fakeFirehose,
  instantPatience,
  throttled,
  type Behaviour,
} from '../shared/firehose/fake-firehose.ts';

const NOW = new Date('2026-11-23T09:00:00.000Z');
const SECONDS = Date.UTC(2026, 10, 22, 23, 59, 59) / 1000;

const customerItem = (index: number) => ({
  id: `c${index}`,
  email: `c${index}@mail.example`,
  name: 'Ann',
  version: 1,
  createdAt: '2026-11-22T13:00:00.000Z',
  updatedAt: '2026-11-22T13:00:00.000Z',
});

const recordOf = (
  index: number,
  item: Record<string, unknown>,
  table = 'tailrace-dev-customer',
): SourceRecord => ({
  eventID: `event-${index}`,
  eventName: 'INSERT',
  eventSourceARN: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-11-22T00:00:00.000`,
  dynamodb: {
    ApproximateCreationDateTime: SECONDS,
    SequenceNumber: String(1000 + index),
    Keys: { id: { S: `c${index}` } },
    NewImage: marshall(item) as unknown as AttributeMap,
  },
});

const good = (index: number): SourceRecord => recordOf(index, customerItem(index));
const poison = (index: number): SourceRecord => recordOf(index, { ...customerItem(index), email: 'nowhere' });

const invocation = (changes: Partial<Invocation> = {}): Invocation => ({
  patience: instantPatience(),
  functionVersion: '7',
  now: NOW,
  ...changes,
});

/** A relay between records and edges that fail as told. */
const setUp = (behave?: Behaviour, keep: (object: QuarantineObject) => void = () => {}) => {
  const firehose = fakeFirehose(behave);
  const bucket = new Map<string, string>();
  const keys = memoryKeys();
  const keyless: { error?: Error } = {};
  const relay = createRelay('dev', [customer, order, product], {
    putBatch: firehose.putBatch,
    readKeys: (subjects) => (keyless.error ? Promise.reject(keyless.error) : keys.readKeys(subjects)),
    quarantine: async (object) => {
      keep(object);
      bucket.set(object.key, object.body);
    },
  });
  const rows = () => firehose.taken.map(({ row }) => JSON.parse(row) as Record<string, unknown>);
  const ids = () => rows().map(({ id }) => id);
  const objects = () => [...bucket.values()].map((body) => quarantinedSchema.parse(JSON.parse(body)));
  return { relay, firehose, bucket, rows, ids, objects, keys, keyless };
};

const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe('rows', () => {
  test('reach the delivery stream of their entity in stream order, packed', async () => {
    const { relay, firehose, ids } = setUp();

    const outcome = await relay(numbers(120).map(good), invocation());

    expect(firehose.calls.map(({ stream, data }) => [stream, data.length])).toEqual([
      ['tailrace-dev-customer', 1],
    ]);
    expect(ids()).toEqual(numbers(120).map((index) => `c${index}`));
    expect(outcome).toMatchObject({ relayed: 120, failed: 0, batchItemFailures: [] });
    expect(outcome.billedBytes % 5120).toBe(0);
    expect(outcome.billedBytes - outcome.payloadBytes).toBeLessThan(5120);
  });

  test('of several tables in one batch each go their own way', async () => {
    const { name: _, email: __, ...rest } = customerItem(1);
    const item = {
      ...rest,
      name: 'Cup',
      category: 'kitchen',
      price: { amount: 1, currency: 'EUR' },
      stock: 1,
      tags: [],
    };
    const { relay, firehose } = setUp();

    await relay([good(0), recordOf(1, item, 'tailrace-dev-product'), good(2)], invocation());

    expect(firehose.taken.map(({ stream }) => stream)).toEqual([
      'tailrace-dev-customer',
      'tailrace-dev-customer',
      'tailrace-dev-product',
    ]);
  });

  test('of a table nobody knows stop the batch, with the table and the cure in the error', async () => {
    const { relay, firehose } = setUp();

    const answer = relay([good(0), recordOf(1, customerItem(1), 'tailrace-dev-ghost')], invocation());

    await expect(answer).rejects.toThrow(/tailrace-dev-ghost.*no stream of a known table.*Deploy the relay/);
    expect(firehose.calls).toEqual([]);
  });
});

describe('failures', () => {
  test('are reported from the first row that was not taken', async () => {
    const { relay } = setUp(() => throttled());

    const outcome = await relay([poison(0), good(1), good(2)], invocation());

    expect(outcome.batchItemFailures).toEqual([{ itemIdentifier: '1001' }]);
    expect(outcome).toMatchObject({ relayed: 0, failed: 2 });
    expect(outcome.errors).toHaveLength(1);
  });

  test('after part of the rows was taken name the first of the rest', async () => {
    const { relay, firehose } = setUp((data) => (data.length > 1 ? [1] : [0]));

    const outcome = await relay(numbers(700).map(good), invocation());

    const first = firehose.calls[0]?.data[0]?.split('\n').length ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(outcome.batchItemFailures).toEqual([{ itemIdentifier: String(1000 + first) }]);
    expect(outcome.failed).toBe(700 - first);
  });
});

const orderItem = (index: number, changes: Record<string, unknown> = {}) => ({
  id: `o${index}`,
  customerId: 'c1',
  lines: [{ productId: 'p1', quantity: 1, amount: { amount: 100, currency: 'EUR' } }],
  total: { amount: 100, currency: 'EUR' },
  status: 'placed',
  placedAt: '2026-11-22T13:00:00.000Z',
  version: 1,
  createdAt: '2026-11-22T13:00:00.000Z',
  updatedAt: '2026-11-22T13:00:00.000Z',
  ...changes,
});

const ordered = (index: number, changes?: Record<string, unknown>): SourceRecord =>
  recordOf(index, orderItem(index, changes), 'tailrace-dev-order');

describe('personal values', () => {
  test('arrive sealed under the key of their subject, and all else in clear', async () => {
    const { relay, rows, keys } = setUp();

    await relay([good(1), ordered(2, { note: 'Ring twice' })], invocation());

    const [person, purchase] = rows();
    expect(person).toMatchObject({ id: 'c1', version: 1 });
    expect([person!.email, person!.name, purchase!.note].map(keys.open)).toEqual([
      'c1@mail.example',
      'Ann',
      'Ring twice',
    ]);
    expect(purchase).toMatchObject({ customer_id: 'c1', total: { amount: 100, currency: 'EUR' } });
    expect(keys.subjects()).toEqual(['c1']);
  });

  test('take no key where a record has none of them', async () => {
    const { relay, keys } = setUp();

    await relay([ordered(1), ordered(2)], invocation());

    expect(keys.subjects()).toEqual([]);
  });

  test('of somebody who was erased arrive as null, and the rest of the row with them', async () => {
    const { relay, rows, keys } = setUp();
    keys.erase('c1');

    await relay([good(1), ordered(2, { note: 'Ring twice' }), good(3)], invocation());

    expect(rows()).toMatchObject([
      { id: 'c1', email: null, name: null },
      { id: 'c3', email: expect.stringContaining('sealed:v1:') },
      { id: 'o2', note: null, total: { amount: 100 } },
    ]);
  });

  test('do not arrive at all while keys cannot be read: the whole batch is delivered again', async () => {
    const { relay, firehose, keyless } = setUp();
    keyless.error = new Error('throttled');

    const outcome = await relay([good(1), poison(2)], invocation());

    expect(firehose.calls).toEqual([]);
    expect(outcome).toMatchObject({ relayed: 0, failed: 2, errors: [{ message: 'throttled' }] });
    expect(outcome.batchItemFailures).toEqual([{ itemIdentifier: '1001' }]);
  });
});

describe('a record that does not fit its schema', () => {
  test('is kept with its reason, itself sealed, and the others go on', async () => {
    const { relay, bucket, ids, objects, keys } = setUp();

    const outcome = await relay([good(0), poison(1), good(2)], invocation());

    expect(ids()).toEqual(['c0', 'c2']);
    expect(outcome.batchItemFailures).toEqual([]);
    expect([...bucket.keys()]).toEqual(['quarantine/relay/customer/dt=2026-11-22/event-1.json']);
    const [object] = objects();
    expect(object).toEqual({
      entity: 'customer',
      key: { id: 'c1' },
      reason: [{ pointer: '/email' }],
      rows: 1,
      condition: 'DoesNotFit',
      tried: 1,
      schemaVersion: 1,
      functionVersion: '7',
      quarantinedAt: NOW.toISOString(),
      sealed: expect.stringMatching(/^sealed:v1:/),
    });
    expect(quarantinedSubject(object!)).toBe('c1');
    expect(openQuarantined(object!, keys.keyOf('c1'))).toEqual({
      record: poison(1),
      reason: [{ pointer: '/email', message: expect.any(String) }],
    });
  });

  test('shows nothing of itself in clear, wherever it stands', async () => {
    const secrets = ['planted-value', 'planted-name', 'planted-below'];
    const { relay, bucket } = setUp();
    const item = {
      ...customerItem(1),
      email: 'planted-value',
      'planted-name': 1,
      name: { 'planted-below': 'planted-value' },
    };

    await relay([recordOf(1, item), ordered(2, { note: 7, 'planted-name': 'x' })], invocation());

    const kept = [...bucket.values()];
    expect(kept).toHaveLength(2);
    expect(secrets.filter((secret) => kept.join().includes(secret))).toEqual([]);
    expect(kept.join()).toContain('"pointer":"/?"');
  });

  test("and of nobody is kept under the key that is nobody's", async () => {
    const { relay, objects, keys } = setUp();
    const nobody = recordOf(1, { ...customerItem(1), id: 'no identifier' });
    const withoutImage = { ...good(2), dynamodb: { SequenceNumber: '1002', Keys: { id: { S: 'c2' } } } };
    const thing = recordOf(3, { id: 'p1' }, 'tailrace-dev-product');

    await relay([nobody, withoutImage, thing], invocation());

    expect(objects().map(quarantinedSubject)).toEqual(['#quarantine', '#quarantine', '#quarantine']);
    expect(objects().map((object) => openQuarantined(object, keys.keyOf('#quarantine'))?.record)).toEqual([
      nobody,
      withoutImage,
      thing,
    ]);
  });

  test('and of somebody who was erased is kept as a fact, without itself', async () => {
    const { relay, objects, keys } = setUp();
    keys.erase('c1');

    await relay([poison(1)], invocation());

    expect(objects()).toMatchObject([{ key: { id: 'c1' }, reason: [{ pointer: '/email' }], sealed: null }]);
    expect(openQuarantined(objects()[0]!, keys.keyOf('c1'))).toBeUndefined();
  });

  test('takes the place of its earlier delivery', async () => {
    const { relay, bucket } = setUp();

    await relay([poison(1)], invocation());
    await relay([poison(1)], invocation({ now: new Date('2026-11-25T00:00:00.000Z') }));

    expect(bucket.size).toBe(1);
  });

  test('is delivered again when it cannot be kept', async () => {
    const { relay, ids } = setUp(undefined, () => {
      throw new Error('AccessDenied');
    });

    const outcome = await relay([good(0), poison(1), good(2)], invocation());

    expect(outcome.batchItemFailures).toEqual([{ itemIdentifier: '1001' }]);
    expect(outcome.errors).toMatchObject([{ message: 'AccessDenied' }]);
    expect(ids()).toEqual(['c0', 'c2']);
  });

  test('because its row is too large for a record says so', async () => {
    const large = recordOf(1, { ...customerItem(1), name: 'x' });
    const { relay, objects, keys } = setUp();

    const outcome = await relay([{ ...large, eventID: 'y'.repeat(1_100_000) }], invocation());

    expect(outcome.quarantined).toHaveLength(1);
    const kept = openQuarantined(objects()[0]!, keys.keyOf('c1'));
    expect(kept?.reason).toMatchObject([{ message: 'The row is larger than 1024000 bytes' }]);
  });
});

/** Lambda's part: delivers from the first failure on again, until all is done. */
const deliver = async (
  relay: ReturnType<typeof createRelay>,
  records: readonly SourceRecord[],
  maxInvocations: number,
): Promise<readonly SourceRecord[]> => {
  let left = records;
  for (let count = 0; count < maxInvocations && left.length > 0; count += 1) {
    const { batchItemFailures } = await relay(
      left,
      invocation({ patience: instantPatience({ maxTries: 2 }) }),
    );
    const from = batchItemFailures[0]?.itemIdentifier;
    left =
      from === undefined
        ? []
        : left.slice(left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === from));
  }
  return left;
};

test('whatever fails, every record is delivered, kept, or still due', async () => {
  const behaviours = fc.infiniteStream(
    fc.oneof(
      fc.constant('take'),
      fc.constant('throttle'),
      fc.constant('fail'),
      fc.array(fc.nat(20), { maxLength: 3 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 1500 }),
      behaviours,
      fc.infiniteStream(fc.boolean()),
      async (kinds, outcomes, keeps) => {
        const { relay, bucket, ids } = setUp(
          (data) => {
            const outcome = outcomes.next().value;
            if (outcome === 'throttle') return throttled();
            if (outcome === 'fail') return new Error('InternalFailure');
            return Array.isArray(outcome) ? outcome.filter((position) => position < data.length) : [];
          },
          () => {
            if (keeps.next().value) throw new Error('SlowDown');
          },
        );
        const records = kinds.map((isGood, index) => (isGood ? good(index) : poison(index)));

        const due = await deliver(relay, records, 4);

        const accounted = new Set([
          ...ids(),
          ...[...bucket.values()].map((body) => (JSON.parse(body) as { key: { id: string } }).key.id),
          ...due.map(({ dynamodb }) => dynamodb?.Keys?.id?.S),
        ]);
        expect(accounted.size).toBe(records.length);
      },
    ),
    { numRuns: 60 },
  );
});
