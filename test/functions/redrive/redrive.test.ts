import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { idOfRows } from '../../../core/quarantine/entry.ts';
import { quarantinedSchema, rejectedSchema } from '../../../core/quarantine/quarantined.ts';
import type { RedriveRequest } from '../../../core/quarantine/redrive.ts';
import { createRedrive } from '../../../functions/redrive/redrive.ts';
import { quarantineObject } from '../../../functions/relay/quarantine.ts';
import type { SourceRecord } from '../../../functions/relay/sort.ts';
import { customer } from '../../../schemas/customer.ts';
import { productViewed } from '../../../schemas/product_viewed.ts';
import {
  fakeFirehose,
  instantPatience,
  throttled,
  type Behaviour,
} from '../shared/firehose/fake-firehose.ts';
import { memoryKeys } from '../shared/subject-keys/memory-keys.ts';

const NOW = Date.parse('2026-11-26T09:00:00.000Z');
const MINUTE = 60_000;

const recordOf = (
  id: string,
  email = `${id}@mail.example`,
  table = 'tailrace-dev-customer',
): SourceRecord => ({
  eventID: `event-${id}`,
  eventName: 'INSERT',
  eventSourceARN: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-11-22T00:00:00.000`,
  dynamodb: {
    ApproximateCreationDateTime: Date.UTC(2026, 10, 22) / 1000,
    SequenceNumber: id.replace(/\D/g, '') || '1',
    Keys: { id: { S: id } },
    NewImage: marshall({
      id,
      email,
      name: 'Ann',
      version: 1,
      createdAt: '2026-11-22T13:00:00.000Z',
      updatedAt: '2026-11-22T13:00:00.000Z',
    }) as unknown as AttributeMap,
  },
});

const placeOf = (id: string, entity = 'customer') =>
  `quarantine/relay/${entity}/dt=2026-11-22/event-${id}.json`;

/** Replaying over a bucket, a log and a delivery stream in memory. The log has what `deliver` says. */
const setUp = () => {
  const bucket = new Map<string, string>();
  const log = new Set<string>();
  const keys = memoryKeys();
  const state: { now: number; behave: Behaviour; calls: number } = {
    now: NOW,
    behave: () => [],
    calls: Infinity,
  };
  /** Does nothing any more once so many calls were made, as who is dead does not. */
  const alive = (): void => {
    state.calls -= 1;
    if (state.calls < 0) throw new Error('killed');
  };
  const firehose = fakeFirehose((data) => {
    alive();
    return state.behave(data);
  });
  const redrive = createRedrive('dev', [customer, productViewed], {
    read: async (object) => {
      alive();
      const text = bucket.get(object);
      return text === undefined ? undefined : { text, etag: text };
    },
    claim: async (object, text, etag) => {
      alive();
      if (bucket.get(object) !== etag) return false;
      bucket.set(object, text);
      return true;
    },
    write: async (object, text) => {
      alive();
      bucket.set(object, text);
    },
    remove: async (object) => {
      alive();
      bucket.delete(object);
    },
    arrived: async (_schema, _day, events) => {
      alive();
      return new Set(events.filter((event) => log.has(event)));
    },
    putBatch: firehose.putBatch,
    readKeys: keys.readKeys,
    peekKeys: keys.readKeys,
  });
  const keep = (record: SourceRecord, entity = 'customer') => {
    const misfit = {
      entity: { ...customer, name: entity },
      record,
      reason: [],
      subject: String(record.dynamodb?.Keys?.id?.S),
    };
    const { key, body } = quarantineObject(misfit, keys.keyOf(misfit.subject), {
      now: new Date(NOW),
      functionVersion: '7',
    });
    bucket.set(key, body);
    return key;
  };
  const keepRows = (schema: string, ...events: string[]) => {
    const key = `quarantine/firehose/${schema}/${idOfRows(events)}.json`;
    const rows = events.map((id) => JSON.stringify({ event_id: id }));
    bucket.set(
      key,
      JSON.stringify({
        schema,
        code: 'DataFormatConversion.MalformedData',
        message: 'Data does not match the schema.',
        tried: 1,
        source: 'errors/events/product_viewed/x#1',
        failedAt: '2026-11-22T13:00:00.000Z',
        rawData: Buffer.from(rows.join('\n')).toString('base64'),
      }),
    );
    return key;
  };
  const ask = async (mode: RedriveRequest['mode'], ...objects: string[]) => {
    const outcomes = await redrive(
      { objects, mode },
      { patience: instantPatience(), functionVersion: '8', now: new Date(state.now) },
    );
    return outcomes.map(({ outcome, why }) => (why === undefined ? outcome : `${outcome}: ${why}`));
  };
  const sent = () =>
    firehose.taken.map(({ row }) => {
      const { change_event_id: change, event_id: event } = JSON.parse(row) as Record<string, string>;
      return change ?? event;
    });
  const deliver = () => {
    for (const event of sent()) log.add(event!);
  };
  return { bucket, log, keys, state, firehose, keep, keepRows, ask, sent, deliver };
};

let lake: ReturnType<typeof setUp>;

beforeEach(() => {
  lake = setUp();
});

describe('a record', () => {
  test('goes through the relay, and out of quarantine once its row is in the lake', async () => {
    const object = lake.keep(recordOf('c1'));

    expect(await lake.ask('replay', object)).toEqual(['sent']);
    expect(await lake.ask('replay', object)).toEqual(['sent']);
    expect([...lake.bucket.keys()]).toEqual([object]);
    expect(lake.sent()).toEqual(['event-c1']);

    lake.deliver();
    expect(await lake.ask('replay', object)).toEqual(['delivered']);
    expect([...lake.bucket.keys()]).toEqual([
      'quarantine/replayed/relay/customer/dt=2026-11-22/event-c1.json',
    ]);
    expect(await lake.ask('replay', object)).toEqual(['gone']);
    expect(lake.sent()).toEqual(['event-c1']);
  });

  test('and others go in the order of their stream', async () => {
    const objects = ['c12', 'c3', 'c7'].map((id) => lake.keep(recordOf(id)));

    await lake.ask('replay', ...objects);

    expect(lake.sent()).toEqual(['event-c3', 'event-c7', 'event-c12']);
  });

  test('that still does not fit stays, sealed, with its reason and one try more', async () => {
    const object = lake.keep(recordOf('c1', 'PLANTED'));

    expect(await lake.ask('replay', object)).toEqual(['misfit: /email']);
    expect(await lake.ask('check', object)).toEqual(['misfit: /email']);
    expect(await lake.ask('replay', object)).toEqual(['misfit: /email']);

    const text = lake.bucket.get(object) ?? '';
    expect(quarantinedSchema.parse(JSON.parse(text))).toMatchObject({
      tried: 3,
      condition: 'DoesNotFit',
      reason: [{ pointer: '/email' }],
      functionVersion: '8',
    });
    expect(text).not.toMatch(/PLANTED|sentAt/);
    expect(lake.sent()).toEqual([]);
  });

  test('is sent by one of two who replay it at once', async () => {
    const object = lake.keep(recordOf('c1'));

    const outcomes = await Promise.all([lake.ask('replay', object), lake.ask('replay', object)]);

    expect(outcomes).toEqual([['sent'], ['sent']]);
    expect(lake.sent()).toEqual(['event-c1']);
  });

  test('is sent again when it has not arrived after half an hour: whoever sent it may have died before', async () => {
    const object = lake.keep(recordOf('c1'));
    lake.bucket.set(
      object,
      JSON.stringify({
        ...(JSON.parse(lake.bucket.get(object)!) as object),
        sentAt: new Date(NOW - 29 * MINUTE).toISOString(),
      }),
    );

    await lake.ask('replay', object);
    expect(lake.sent()).toEqual([]);
    lake.state.now += 2 * MINUTE;
    await lake.ask('check', object);
    expect(lake.sent()).toEqual([]);
    await lake.ask('replay', object);
    expect(lake.sent()).toEqual(['event-c1']);
  });

  test('waits as it was while Firehose takes nothing', async () => {
    const object = lake.keep(recordOf('c1'));
    const before = lake.bucket.get(object);
    lake.state.behave = throttled;

    expect(await lake.ask('replay', object)).toEqual([
      'refused: RetryableError: ThrottlingException: slow down',
    ]);
    expect(lake.bucket.get(object)).toBe(before);

    lake.state.behave = () => [];
    expect(await lake.ask('replay', object)).toEqual(['sent']);
  });

  test('that could not be told whose it was is replayed once there is a schema of its table', async () => {
    const object = lake.keep(recordOf('c1'), 'unknown');

    expect(await lake.ask('replay', object)).toEqual(['sent']);
    lake.deliver();
    expect(await lake.ask('replay', object)).toEqual(['delivered']);

    const misfit = lake.keep(recordOf('c2', 'nowhere'), 'unknown');
    expect(await lake.ask('replay', misfit)).toEqual(['misfit: /email']);
    expect([...lake.bucket.keys()]).toContain(placeOf('c2'));
    expect([...lake.bucket.keys()]).not.toContain(misfit);
  });

  test('that nothing can be made of says why, and stays', async () => {
    const erased = lake.keep(recordOf('c1'));
    const ofNoTable = lake.keep(recordOf('c2', 'c2@mail.example', 'tailrace-dev-gone'));
    const changed = lake.keep(recordOf('c3'));
    lake.bucket.set(changed, lake.bucket.get(changed)!.replace(/"sealed":"(.*)..."/, '"sealed":"$1AAA"'));
    const broken = 'quarantine/relay/customer/dt=2026-11-22/broken.json';
    lake.bucket.set(broken, '{"entity":');
    lake.keys.erase('c1');

    expect(await lake.ask('replay', erased, ofNoTable, changed, broken)).toEqual([
      'erased',
      'misfit: there is no schema of the table tailrace-dev-gone',
      'unreadable: its key is gone, or it was changed',
      'unreadable',
    ]);
    expect(lake.bucket.size).toBe(4);
    expect(lake.sent()).toEqual([]);
  });
});

describe('rows that Firehose could not convert', () => {
  test('go to their delivery stream, each in a record of its own, and out of quarantine once all are in the lake', async () => {
    const object = lake.keepRows('product_viewed', 'e1', 'e2', 'e3');

    expect(await lake.ask('replay', object)).toEqual(['sent']);
    expect(lake.firehose.calls.map(({ stream, data }) => [stream, data.length])).toEqual([
      ['tailrace-dev-product_viewed', 3],
    ]);

    lake.log.add('e1').add('e3');
    expect(await lake.ask('check', object)).toEqual(['sent']);
    lake.log.add('e2');
    expect(await lake.ask('check', object)).toEqual(['delivered']);
    expect([...lake.bucket.keys()]).toEqual([object.replace('quarantine/', 'quarantine/replayed/')]);
  });

  test('leave those that fail again behind, as entries of their own', async () => {
    const object = lake.keepRows('product_viewed', 'e1', 'e2');
    await lake.ask('replay', object);
    lake.log.add('e1');

    const own = lake.keepRows('product_viewed', 'e2');

    expect(await lake.ask('check', object)).toEqual(['split']);
    expect([...lake.bucket.keys()]).toContain(own);
    expect(await lake.ask('check', own)).toEqual(['misfit: Data does not match the schema.']);
  });

  test('are sent again after half an hour, but for those that have arrived', async () => {
    const object = lake.keepRows('product_viewed', 'e1', 'e2');
    await lake.ask('replay', object);
    lake.log.add('e1');

    lake.state.now += 31 * MINUTE;
    await lake.ask('replay', object);

    expect(lake.sent()).toEqual(['e1', 'e2', 'e2']);
  });

  test('wait as they were while Firehose takes nothing, or there is no schema of them', async () => {
    const [object, gone] = [lake.keepRows('product_viewed', 'e1'), lake.keepRows('ghost', 'e2')];
    const before = lake.bucket.get(object);
    lake.state.behave = throttled;

    expect(await lake.ask('replay', object, gone)).toEqual([
      'refused: RetryableError: ThrottlingException: slow down',
      'misfit: there is no schema ghost',
    ]);
    expect(rejectedSchema.parse(JSON.parse(lake.bucket.get(object)!))).toEqual(
      rejectedSchema.parse(JSON.parse(before!)),
    );
  });
});

test('a rehearsal says what would come of it, and changes and sends nothing', async () => {
  const objects = [
    lake.keep(recordOf('c1')),
    lake.keep(recordOf('c2', 'nowhere')),
    lake.keepRows('product_viewed', 'e1'),
    placeOf('c9'),
  ];
  const before = new Map(lake.bucket);

  expect(await lake.ask('rehearse', ...objects)).toEqual(['fits', 'misfit: /email', 'fits', 'gone']);
  expect(lake.bucket).toEqual(before);
  expect(lake.sent()).toEqual([]);
});

test('killed at any call, and run again, every row arrives and nothing is left', async () => {
  for (let calls = 0; calls < 15; calls += 1) {
    lake = setUp();
    const objects = [lake.keep(recordOf('c1')), lake.keepRows('product_viewed', 'e1', 'e2')];

    lake.state.calls = calls;
    await lake.ask('replay', ...objects).catch(() => undefined);
    lake.deliver();
    await lake.ask('replay', ...objects).catch(() => undefined);
    lake.state.calls = Infinity;
    lake.state.now += 31 * MINUTE;
    await lake.ask('replay', ...objects);
    lake.deliver();
    await lake.ask('replay', ...objects);

    expect([...lake.bucket.keys()].filter((key) => !key.startsWith('quarantine/replayed/'))).toEqual([]);
    expect(lake.bucket.size).toBe(2);
    expect(new Set(lake.sent())).toEqual(new Set(['event-c1', 'e1', 'e2']));
  }
});
