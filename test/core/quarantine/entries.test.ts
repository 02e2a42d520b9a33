import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf, inOrder, PREFIXES } from '../../../core/quarantine/entries.ts';
import type { Known } from '../../../core/quarantine/parse.ts';

const known: Known = {
  keyColumns: (schema) => (schema === 'order' ? ['id'] : ['event_id']),
  entityOf: (arn) => (arn.includes('/tailrace-dev-order/') ? 'order' : undefined),
};

const QUARANTINED = 'quarantine/relay/order/dt=2026-11-22/e1.json';
const REJECTED = 'quarantine/firehose/order/5f0c.json';
const GIVEN_UP = 'aws/lambda/mapping/shardId-1/2026/11/22/x';
const ERRORS = 'errors/changes/order/format-conversion-failed/dt=2026-11-22/x';

const entries = (object: string, body: unknown) =>
  entriesOf(object, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), known);

const row = (id: string): string => JSON.stringify({ change_event_id: `e-${id}`, id });
const packed = (...ids: string[]): string => Buffer.from(ids.map(row).join('\n')).toString('base64');

const quarantined = {
  entity: 'order',
  key: { id: 'o1' },
  reason: [{ pointer: '/status' }, { pointer: '' }],
  rows: 1,
  condition: 'DoesNotFit',
  tried: 1,
  schemaVersion: 1,
  functionVersion: '7',
  quarantinedAt: '2026-11-22T13:00:00.000Z',
  sealed: null,
};

const rejected = {
  schema: 'order',
  code: 'DataFormatConversion.MalformedData',
  message: 'Data does not match the schema.',
  tried: 2,
  source: `${ERRORS}#1`,
  failedAt: '2026-11-22T13:00:00.000Z',
  rawData: packed('o1', 'o2'),
};

const record = (eventID: string) => ({
  eventID,
  eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/tailrace-dev-order/stream/x',
  dynamodb: { Keys: { id: { S: 'o1' } }, NewImage: { note: { S: 'PLANTED' } } },
});

const givenUp = (changes: object = {}) => ({
  requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 3 },
  version: '1.0',
  timestamp: '2026-11-22T12:00:00.000Z',
  payload: JSON.stringify({ Records: [record('e1'), record('e2')] }),
  ...changes,
});

const errorLine = (spelling: object, rawData = packed('o1', 'o2')): string =>
  JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: 1_789_560_304_000,
    ...spelling,
    rawData,
    sequenceNumber: '4967',
  });

const AWS = { lastErrorCode: 'DataFormatConversion.ParseError', lastErrorMessage: 'Malformed.' };
const GUIDE = { ErrorCode: 'DataFormatConversion.ParseError', ErrorMessage: 'Malformed.' };

describe('an entry', () => {
  test('of the relay says key, places and tries', () => {
    expect(entries(QUARANTINED, quarantined)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        place: 'relay',
        object: QUARANTINED,
        state: 'waiting',
        when: '2026-11-22T13:00:00.000Z',
        entity: 'order',
        key: { id: 'o1' },
        why: 'DoesNotFit: /status, /',
        tried: 1,
        rows: 1,
      },
    ]);
  });

  test('of an event source mapping is one a record, with its key and no other value', () => {
    const found = entries(GIVEN_UP, givenUp());

    expect(found).toMatchObject(
      [1, 2].map(() => ({
        place: 'mapping',
        state: 'new',
        entity: 'order',
        key: { id: 'o1' },
        why: 'RecordAgeExceeded',
        tried: 3,
        when: '2026-11-22T12:00:00.000Z',
      })),
    );
    expect(JSON.stringify(found)).not.toContain('PLANTED');
  });

  test.each([
    ['as objects on AWS are', AWS],
    ['as the guide spells them', GUIDE],
  ])('of Firehose is one a line, %s', (_, spelling) => {
    expect(
      entries(ERRORS, [errorLine(spelling), errorLine(spelling, packed('o3')), ''].join('\n')),
    ).toMatchObject([
      { place: 'firehose', entity: 'order', key: { id: 'o1' }, rows: 2, tried: 1, state: 'new' },
      { key: { id: 'o3' }, rows: 1, why: 'DataFormatConversion.ParseError: Malformed.' },
    ]);
  });

  test('of Firehose is the same one wherever it lies, and once in the list, where it is kept by itself', () => {
    const [apart] = entries(REJECTED, rejected);
    const [asWritten] = entries(ERRORS, errorLine(AWS));

    expect(apart?.id).toBe(asWritten?.id);
    expect(inOrder([asWritten!, apart!])).toEqual([apart]);
    expect(inOrder([apart!, asWritten!])).toEqual([apart]);
  });

  test('of a record is the same one in a batch and in quarantine', () => {
    expect(entries(GIVEN_UP, givenUp())[0]?.id).toBe(entries(QUARANTINED, quarantined)[0]?.id);
  });

  test('that was sent says so', () => {
    const sentAt = '2026-11-22T14:00:00.000Z';
    expect(entries(QUARANTINED, { ...quarantined, sentAt })[0]?.state).toBe('sent');
    expect(entries(REJECTED, { ...rejected, sentAt })[0]?.state).toBe('sent');
  });

  test('is read from a compressed object too', () => {
    expect(entriesOf(ERRORS, gzipSync(errorLine(AWS)), known)).toMatchObject([{ rows: 2 }]);
  });
});

describe('what cannot be read says so', () => {
  test.each([
    ['an empty object', ERRORS, ''],
    ['a line cut short', ERRORS, errorLine(AWS).slice(0, -9)],
    ['a line without the record', ERRORS, '{"lastErrorCode":"x"}'],
    ['a record that is no base64', ERRORS, errorLine(AWS, '=')],
    ['a record that is empty', ERRORS, errorLine(AWS, '')],
    ['a record that is no rows', ERRORS, errorLine(AWS, Buffer.from('{"id":').toString('base64'))],
    ['rows without the id of an event', ERRORS, errorLine(AWS, Buffer.from('{"id":1}').toString('base64'))],
    ['a batch of a version nobody knows', GIVEN_UP, givenUp({ version: '2.0' })],
    ['a batch cut short', GIVEN_UP, JSON.stringify(givenUp()).slice(0, 99)],
    ['a batch without records', GIVEN_UP, givenUp({ payload: '{"Records":[]}' })],
    ['an object of a version nobody knows', QUARANTINED, { version: 9, record: {} }],
    ['rows of a version nobody knows', REJECTED, { version: 9 }],
  ])('%s', (_, object, body) => {
    expect(entries(object, body)).toMatchObject([{ object, state: 'unreadable' }]);
  });

  test('broken gzip', () => {
    const broken = gzipSync(errorLine(AWS)).subarray(0, 40);
    expect(entriesOf(ERRORS, broken, known)).toMatchObject([
      { state: 'unreadable', why: 'It cannot be read: it is no text, or its gzip is broken.' },
    ]);
  });

  test('anything, at any place', () => {
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .tuple(
          fc.constantFrom(quarantined, rejected, givenUp(), JSON.parse(errorLine(AWS)) as object),
          fc.string(),
          fc.jsonValue(),
        )
        .map(([object, name, value]) => {
          const names = Object.keys(object);
          return Buffer.from(
            JSON.stringify({ ...object, [names[name.length % names.length] as string]: value }),
          );
        }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PREFIXES), fc.string(), body, (prefix, name, bytes) => {
        const found = entriesOf(`${prefix}${name}`, bytes, known);
        expect(found.length).toBeGreaterThan(0);
        for (const { id, rows, tried } of found) {
          expect(id).toMatch(/^[0-9a-f]{16}$/);
          expect(rows + tried).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
