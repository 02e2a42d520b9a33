import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { quarantinedSchema, rejectedSchema } from '../../../core/quarantine/quarantined.ts';
import { openQuarantined } from '../../../functions/relay/quarantine.ts';
import type { SourceRecord } from '../../../functions/relay/sort.ts';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import { customer } from '../../../schemas/customer.ts';
import { order } from '../../../schemas/order.ts';
import { memoryKeys } from '../shared/subject-keys/memory-keys.ts';

const NOW = new Date('2026-11-23T09:00:00.000Z');
const PLACE = 'aws/lambda/2f5c6f0e/shardId-1/2026/11/23/2026-11-23T08.00.00-';

const recordOf = (id: string, table = 'tailrace-dev-customer'): SourceRecord => ({
  eventID: `event-${id}`,
  eventName: 'INSERT',
  eventSourceARN: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-11-22T00:00:00.000`,
  dynamodb: {
    ApproximateCreationDateTime: Date.UTC(2026, 10, 22) / 1000,
    SequenceNumber: '1000',
    Keys: { id: { S: id } },
    NewImage: marshall({ id, email: `planted-${id}@mail.example`, version: 1 }) as unknown as AttributeMap,
  },
});

/** What AWS writes for a batch that was given up. */
const givenUp = (...records: SourceRecord[]): string =>
  JSON.stringify({
    requestContext: {
      requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:tailrace-dev-relay:$LATEST',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 11,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-11-23T08:00:00.000Z',
    DDBStreamBatchInfo: { shardId: 'shardId-1', batchSize: records.length },
    payload: JSON.stringify({ Records: records }),
  });

/** A sweep over a bucket in memory. */
const setUp = (objects: Record<string, string>) => {
  const bucket = new Map(Object.entries(objects));
  const keys = memoryKeys();
  const failing: { write?: (key: string) => boolean } = {};
  const sweep = createSweep('dev', [customer, order], {
    list: async function* (prefix) {
      yield* [...bucket.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    },
    read: async (key) => bucket.get(key),
    readKeys: keys.readKeys,
    keep: async ({ key, body }) => {
      if (failing.write?.(key)) throw new Error('The bucket is busy');
      if (!bucket.has(key)) bucket.set(key, body);
    },
    replace: async ({ key, body }) => void bucket.set(key, body),
    remove: async (key) => void bucket.delete(key),
  });
  const run = (hasTime = () => true) => sweep({ now: () => NOW, functionVersion: '7', hasTime });
  const read = (key: string) => quarantinedSchema.parse(JSON.parse(bucket.get(key) ?? ''));
  return { bucket, keys, failing, run, read };
};

describe('what an event source mapping gave up', () => {
  test('is taken apart into quarantine objects, each under the key of its subject, and removed', async () => {
    const { bucket, keys, run, read } = setUp({ [`${PLACE}a`]: givenUp(recordOf('c1'), recordOf('c2')) });

    const swept = await run();

    expect(swept).toEqual({ objects: 1, records: 2, unread: 0, errors: [] });
    expect([...bucket.keys()].toSorted()).toEqual(
      ['c1', 'c2'].map((id) => `quarantine/relay/customer/dt=2026-11-22/event-${id}.json`),
    );
    expect([...bucket.values()].join()).not.toContain('planted');
    const object = read('quarantine/relay/customer/dt=2026-11-22/event-c1.json');
    expect(object).toMatchObject({
      entity: 'customer',
      key: { id: 'c1' },
      reason: [],
      condition: 'RetryAttemptsExhausted',
      tried: 11,
    });
    expect(openQuarantined(object, keys.keyOf('c1'))?.record).toEqual(recordOf('c1'));
  });

  test('of a table without a schema, or without a batch in it, is kept whole under no person', async () => {
    const { bucket, keys, run, read } = setUp({
      [`${PLACE}a`]: givenUp(recordOf('c1', 'tailrace-dev-gone')),
      [`${PLACE}b`]: 'planted and cut o',
    });

    const swept = await run();

    expect(swept).toEqual({ objects: 2, records: 1, unread: 1, errors: [] });
    expect([...bucket.values()].join()).not.toContain('planted');
    const kept = [...bucket.keys()].map((key) => openQuarantined(read(key), keys.keyOf('#quarantine')));
    expect(JSON.stringify(kept)).toContain('planted-c1@mail.example');
    expect(JSON.stringify(kept)).toContain('planted and cut o');
  });

  test('stays until all of it is kept, and what the relay kept of it before is left as it was', async () => {
    const earlier = 'quarantine/relay/customer/dt=2026-11-22/event-c1.json';
    const { bucket, failing, run } = setUp({
      [`${PLACE}a`]: givenUp(recordOf('c1'), recordOf('c2')),
      [`${PLACE}b`]: givenUp(recordOf('c3')),
      [earlier]: 'of the relay',
    });
    failing.write = (key) => key.endsWith('event-c2.json');

    const first = await run();
    expect(first).toMatchObject({ objects: 1, records: 1, errors: [expect.any(Error)] });
    expect([...bucket.keys()]).toContain(`${PLACE}a`);

    delete failing.write;
    const second = await run();
    expect(second).toMatchObject({ objects: 1, records: 2, errors: [] });
    expect(bucket.get(earlier)).toBe('of the relay');
    expect(bucket.size).toBe(3);
    expect(await run()).toEqual({ objects: 0, records: 0, unread: 0, errors: [] });
  });

  test('of an erased person leaves no record', async () => {
    const { bucket, keys, run, read } = setUp({ [`${PLACE}a`]: givenUp(recordOf('c1')) });
    keys.erase('c1');

    await run();

    expect(read([...bucket.keys()][0] ?? '').sealed).toBeNull();
  });

  test('waits for the next run when time is short', async () => {
    const { bucket, run } = setUp({ [`${PLACE}a`]: givenUp(recordOf('c1')) });

    expect(await run(() => false)).toMatchObject({ objects: 0 });
    expect([...bucket.keys()]).toEqual([`${PLACE}a`]);
  });

  test('keeps no other waiting that fails again and again', async () => {
    const failing = Object.fromEntries(
      Array.from({ length: 1500 }, (_, index) => [
        `${PLACE}${String(index).padStart(4, '0')}`,
        givenUp(recordOf(`bad-${index}`)),
      ]),
    );
    const lake = setUp({ ...failing, [`${PLACE}z`]: givenUp(recordOf('c1')) });
    lake.failing.write = (key) => key.includes('bad');

    const { objects, errors } = await lake.run();

    expect([objects, errors.length]).toEqual([1, 1500]);
    expect([...lake.bucket.keys()]).toContain('quarantine/relay/customer/dt=2026-11-22/event-c1.json');
  });
});

describe('what Firehose could not convert', () => {
  const ERRORS = 'errors/changes/order/format-conversion-failed/dt=2026-11-22/';
  const row = (id: string): string => JSON.stringify({ change_event_id: id });
  const line = (...ids: string[]): string =>
    JSON.stringify({
      lastErrorCode: 'DataFormatConversion.MalformedData',
      lastErrorMessage: 'Data does not match the schema.',
      attemptEndingTimestamp: Date.UTC(2026, 10, 22),
      rawData: Buffer.from(ids.map(row).join('\n')).toString('base64'),
    });
  const rejectedIn = (bucket: ReadonlyMap<string, string>) =>
    [...bucket].map(([key, body]) => {
      expect(key).toMatch(/^quarantine\/firehose\/order\/[0-9a-f]{16}\.json$/);
      const { tried, rawData, sentAt } = rejectedSchema.parse(JSON.parse(body));
      return { tried, rows: Buffer.from(rawData, 'base64').toString(), sent: sentAt !== undefined };
    });

  test('is kept a record by itself, whatever it says, and its object is removed', async () => {
    const { bucket, run } = setUp({
      [`${ERRORS}x`]: [line('e1', 'e2'), line('e3'), '{"cut sho', ''].join('\n'),
    });

    expect(await run()).toEqual({ objects: 1, records: 3, unread: 0, errors: [] });

    expect(rejectedIn(bucket)).toEqual([
      { tried: 1, rows: [row('e1'), row('e2')].join('\n'), sent: false },
      { tried: 1, rows: row('e3'), sent: false },
      { tried: 1, rows: '{"cut sho', sent: false },
    ]);
  });

  test('counts a try more when it fails again, and is not under way any more', async () => {
    const lake = setUp({ [`${ERRORS}x`]: line('e1') });
    await lake.run();
    const [key = '', text = ''] = [...lake.bucket][0] ?? [];
    lake.bucket.set(key, JSON.stringify({ ...(JSON.parse(text) as object), sentAt: NOW.toISOString() }));

    lake.bucket.set(`${ERRORS}y`, line('e1'));
    await lake.run();

    expect(rejectedIn(lake.bucket)).toEqual([{ tried: 2, rows: row('e1'), sent: false }]);
  });

  test('counts once when the same failure is seen twice', async () => {
    const lake = setUp({ [`${ERRORS}x`]: line('e1') });
    await lake.run();
    lake.bucket.set(`${ERRORS}x`, line('e1'));

    await lake.run();

    expect(rejectedIn(lake.bucket)).toMatchObject([{ tried: 1 }]);
  });
});
