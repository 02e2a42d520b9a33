import { describe, expect, test } from 'vitest';
import { select, toSince } from '../../../cli/quarantine/select.ts';
import type { Entry } from '../../../core/quarantine/entry.ts';

const entry = (id: string, changes: Partial<Entry> = {}): Entry => ({
  id,
  place: 'relay',
  object: `quarantine/relay/order/dt=2026-11-22/${id}.json`,
  state: 'waiting',
  when: '2026-11-22T13:00:00.000Z',
  entity: 'order',
  key: { id },
  why: 'DoesNotFit: /status',
  tried: 1,
  rows: 1,
  ...changes,
});

const ALL = [
  entry('5f0c21'),
  entry('5f0d33', { entity: 'customer', when: '2026-11-23T13:00:00.000Z' }),
  entry('aa0000', { why: 'RetryAttemptsExhausted', when: null }),
];

const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id);

describe('what is meant', () => {
  test('is everything when nothing is said', () => {
    expect(select(ALL, {})).toEqual(ALL);
  });

  test('is named by the beginning of an id, each once', () => {
    expect(ids(select(ALL, { ids: ['5f0c', 'aa0000', '5f0c21'] }))).toEqual(['5f0c21', 'aa0000']);
  });

  test.each([
    ['5f0', /"5f0" is the beginning of 2 ids/],
    ['77', /There is no "77" in quarantine/],
  ])('cannot be %s', (id, message) => {
    expect(() => select(ALL, { ids: [id] })).toThrow(message);
  });

  test('is what all filters leave', () => {
    expect(ids(select(ALL, { entity: 'order', reason: 'STATUS' }))).toEqual(['5f0c21']);
    expect(ids(select(ALL, { since: new Date('2026-11-23T00:00:00Z') }))).toEqual(['5f0d33']);
  });
});

describe('--since', () => {
  const now = new Date('2026-11-26T12:00:00.000Z');

  test.each([
    ['30m', '2026-11-26T11:30:00.000Z'],
    ['2h', '2026-11-26T10:00:00.000Z'],
    ['7d', '2026-11-19T12:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z'],
  ])('%s', (text, instant) => {
    expect(toSince(text, now).toISOString()).toBe(instant);
  });

  test.each(['', '2', 'yesterday', '2w', '2026-13-01', '-2h'])('%j is no time', (text) => {
    expect(() => toSince(text, now)).toThrow(/is no time\. Give --since as/);
  });
});
