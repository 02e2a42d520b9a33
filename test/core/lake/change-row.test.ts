import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';
import { changeRow, type StreamRecord } from '../../../core/lake/change-row.ts';
import { decimal, entity, id, money, timestamp, z } from '../../../core/schema/index.ts';

const parcel = entity({
  name: 'parcel',
  description: 'Something sent',
  version: 3,
  fields: {
    receiverId: id(),
    sentAt: timestamp(),
    day: z.iso.date().optional(),
    price: money().optional(),
    weight: decimal(38, 9).optional(),
    volume: z.number().optional(),
    pieces: z.int().min(0).max(1_000_000_000_000_000).optional(),
    state: z.enum(['new', 'gone']).default('new'),
    fragile: z.boolean().optional(),
    note: z.string().max(10).optional(),
    stops: z
      .array(z.object({ cityName: z.string().min(1), visitedAt: timestamp().optional() }))
      .max(3)
      .optional(),
  },
});

const toRow = changeRow(parcel);

const item = {
  id: 'p1',
  receiverId: 'c1',
  sentAt: '2026-11-22T13:00:00.123Z',
  state: 'new',
  version: 4,
  createdAt: '2026-11-22T13:00:00.123Z',
  updatedAt: '2026-11-22T13:00:01.000Z',
};

const image = (changes: Record<string, unknown> = {}): AttributeMap =>
  marshall({ ...item, ...changes }, { removeUndefinedValues: true }) as unknown as AttributeMap;

const record = (changes: Partial<StreamRecord> = {}, stored = image()): StreamRecord => ({
  eventID: 'e1',
  eventName: 'INSERT',
  ...changes,
  dynamodb: {
    ApproximateCreationDateTime: 1_795_352_400,
    SequenceNumber: '123456789012345678901',
    ...(changes.eventName === 'REMOVE' ? { OldImage: stored } : { NewImage: stored }),
    ...changes.dynamodb,
  },
});

const rowOf = (given: StreamRecord): Record<string, unknown> => {
  const row = toRow(given);
  if (!row.ok) throw new Error(JSON.stringify(row.issues));
  return JSON.parse(row.json) as Record<string, unknown>;
};

const issuesIn = (given: StreamRecord) => {
  const row = toRow(given);
  return row.ok ? [] : row.issues;
};

describe('what a row says of the change', () => {
  test('an insert carries its operation, padded sequence, version, time and event', () => {
    const row = rowOf(record());

    expect(row).toMatchObject({
      change_operation: 'insert',
      change_sequence: '0000000000000000000123456789012345678901',
      change_version: 4,
      change_time: '2026-11-22 13:00:00.000',
      change_schema_version: 3,
      change_event_id: 'e1',
      change_expired: false,
    });
  });

  test('padded sequence numbers sort as text as they do as numbers', () => {
    const sequences = ['9', '10', '99999999999999999999999999999999999999', '1'.padEnd(40, '0')];

    const padded = sequences.map(
      (SequenceNumber) => rowOf(record({ dynamodb: { SequenceNumber } })).change_sequence,
    );

    expect(padded.map(String).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(padded);
    expect(new Set(padded.map((text) => String(text).length))).toEqual(new Set([40]));
  });

  test('a removal carries the last image and the version after it', () => {
    const row = rowOf(record({ eventName: 'REMOVE' }));

    expect(row).toMatchObject({ change_operation: 'remove', change_version: 5, version: 4, id: 'p1' });
  });

  test('a removal by time to live is told from one by a person', () => {
    const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

    const expiry = rowOf(record({ eventName: 'REMOVE', userIdentity }));
    const removal = rowOf(
      record({ eventName: 'REMOVE', userIdentity: { type: 'Service', principalId: 'x' } }),
    );
    const insert = rowOf(record({ userIdentity }));

    expect([expiry, removal, insert].map((row) => row.change_expired)).toEqual([true, false, false]);
  });

  test('who asked for it is known where the API wrote it, and not of removals', () => {
    const by = image({ changedBy: 'tester "Zoë"' });

    const [known, unknown, removal] = [
      rowOf(record({}, by)),
      rowOf(record()),
      rowOf(record({ eventName: 'REMOVE' }, by)),
    ];

    expect(known.change_actor).toBe('tester "Zoë"');
    for (const row of [unknown, removal]) expect(row).not.toHaveProperty('change_actor');
  });

  test('the schema version is the one the record was written under', () => {
    const row = rowOf(record({}, image({ schemaVersion: 2 })));

    expect(row.change_schema_version).toBe(2);
    expect(row).not.toHaveProperty('schema_version');
  });
});

describe('what a row says of the record', () => {
  test('fields stand under their columns, at every depth', () => {
    const stops = [{ cityName: 'Breda', visitedAt: '2026-11-22T14:00:00.000Z' }, { cityName: 'Ede' }];

    const row = rowOf(record({}, image({ stops, price: { amount: 1999, currency: 'EUR' } })));

    expect(row).toMatchObject({
      receiver_id: 'c1',
      sent_at: '2026-11-22 13:00:00.123',
      price: { amount: 1999, currency: 'EUR' },
      stops: [{ city_name: 'Breda', visited_at: '2026-11-22 14:00:00.000' }, { city_name: 'Ede' }],
    });
  });

  test('missing optional fields are left out, missing defaults are filled in', () => {
    const { state: _, ...rest } = item;

    const row = rowOf(record({}, marshall(rest) as unknown as AttributeMap));

    expect(row).not.toHaveProperty('note');
    expect(row.state).toBe('new');
  });

  test.each([
    ['1678-01-01T00:00:00.000Z', '1678-01-01 00:00:00.000'],
    ['1997-02-28T23:59:59.999Z', '1997-02-28 23:59:59.999'],
    ['2024-02-29T12:00:00.000Z', '2024-02-29 12:00:00.000'],
    ['2261-12-31T23:59:59.999Z', '2261-12-31 23:59:59.999'],
    ['2026-11-22T14:00:00+01:00', '2026-11-22 13:00:00.000'],
  ])('the instant %s is %s', (sentAt, expected) => {
    expect(rowOf(record({}, image({ sentAt }))).sent_at).toBe(expected);
  });

  test.each([
    '2026-02-30T00:00:00.000Z',
    '0001-01-01T00:00:00.000Z',
    '1677-12-28T23:59:59.999Z',
    '2262-01-01T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    'now',
  ])('the instant %s does not fit', (sentAt) => {
    expect(issuesIn(record({}, image({ sentAt })))).toMatchObject([{ pointer: '/sentAt' }]);
  });

  test.each([
    '"no"\\yes',
    'tab\tline\n',
    'zoë – ok',
    '🙂',
    '\u0000\u001f\u007f',
    '\ud800 alone',
    '',
    '\u2028',
  ])('the text %j comes through', (note) => {
    expect(rowOf(record({}, image({ note }))).note).toBe(note);
  });

  test.each(['0', '-1.5', '12345678901234567890123456789.123456789', '0.000000001'])(
    'the decimal %s is kept digit by digit',
    (weight) => {
      expect(rowOf(record({}, image({ weight }))).weight).toBe(weight);
    },
  );

  test.each([
    ['-0', 0],
    ['0.1', 0.1],
    ['-12.5', -12.5],
    ['1e+20', 1e20],
    ['123450000000000000000000000000', 1.2345e29],
  ])('the number %s is the nearest double', (N, expected) => {
    expect(rowOf(record({}, { ...image(), volume: { N } })).volume).toBe(expected);
  });

  test('an integer of sixteen digits is exact', () => {
    const row = toRow(record({}, { ...image(), pieces: { N: '1000000000000000' } }));

    expect(row.ok && row.json).toContain('"pieces":1000000000000000,');
  });
});

describe('what does not fit is refused with its place', () => {
  test.each<[string, AttributeMap, string]>([
    ['an unknown field', { ...image(), colour: { S: 'red' } }, '/colour'],
    [
      'an unknown field below',
      { ...image(), stops: { L: [{ M: { cityName: { S: 'x' }, zip: { S: 'y' } } }] } },
      '/stops/0/zip',
    ],
    ['a missing field', image({ receiverId: undefined }), '/receiverId'],
    ['another type', { ...image(), note: { N: '1' } }, '/note'],
    ['a null', { ...image(), note: { NULL: true } }, '/note'],
    ['too long a text', image({ note: 'eleven char' }), '/note'],
    ['a value out of the enumeration', image({ state: 'old' }), '/state'],
    ['a number out of its range', image({ pieces: -1 }), '/pieces'],
    ['a fraction for an integer', image({ pieces: 1.5 }), '/pieces'],
    ['too many elements', image({ stops: Array.from({ length: 4 }, () => ({ cityName: 'x' })) }), '/stops'],
    ['an unknown currency', image({ price: { amount: 1, currency: 'XXY' } }), '/price/currency'],
    ['a fraction of a cent', image({ price: { amount: 0.5, currency: 'EUR' } }), '/price/amount'],
    ['an integer past 2^53', { ...image(), pieces: { N: '9007199254740993' } }, ''],
    ['a set', { ...image(), note: { SS: ['a'] } }, ''],
    ['a date that is none', image({ day: '2026-02-30' }), '/day'],
    ['a decimal of too many digits', image({ weight: '0.0000000001' }), '/weight'],
    ['a schema version in words', { ...image(), schemaVersion: { S: 'two' } }, '/schemaVersion'],
    ['the name __proto__', JSON.parse(`{"__proto__":{"M":{}},${JSON.stringify(image()).slice(1)}`), ''],
  ])('%s', (_, stored, pointer) => {
    const issues = issuesIn(record({}, stored));

    expect(issues.map((issue) => issue.pointer)).toEqual([pointer]);
  });

  test('an operation that is none', () => {
    expect(issuesIn(record({ eventName: 'RENAME' }))).toMatchObject([{ pointer: '/eventName' }]);
  });

  test('a stream without images', () => {
    expect(issuesIn({ ...record(), dynamodb: { SequenceNumber: '1' } })).toMatchObject([
      { pointer: '/dynamodb', message: expect.stringContaining('NEW_AND_OLD_IMAGES') },
    ]);
  });

  test.each([
    ['SequenceNumber', { SequenceNumber: '12x' }],
    ['ApproximateCreationDateTime', { ApproximateCreationDateTime: Number.NaN }],
  ])('a wrong %s', (name, dynamodb) => {
    expect(issuesIn(record({ dynamodb }))).toMatchObject([{ pointer: `/dynamodb/${name}` }]);
  });

  test('a refused record leaves no trace in the next row', () => {
    toRow(record({}, image({ note: 'eleven char' })));

    expect(rowOf(record()).id).toBe('p1');
  });
});
