import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scheduleTimes } from '../../../local/scheduler/times.ts';
import { instantOf, wallOf } from '../../../local/scheduler/zone.ts';

const at = (text: string) => Date.parse(text);

const CREATED = at('2026-01-01T00:00:10Z');

/** The next times of an expression after an instant, as ISO texts. */
const times = (expression: string, after: string, count = 3, zone = 'UTC', more = {}): string[] => {
  const next = scheduleTimes({ expression, zone, created: CREATED, ...more });
  const found: string[] = [];
  for (let time = next(at(after)); time !== undefined && found.length < count; time = next(time))
    found.push(new Date(time).toISOString().replace(':00.000Z', 'Z').replace('.000Z', 'Z'));
  return found;
};

test.each<[string, string, string[], string?]>([
  ['0 10 * * ? *', '2026-01-01T10:00:00Z', ['2026-01-02T10:00Z', '2026-01-03T10:00Z', '2026-01-04T10:00Z']],
  ['15 12 * * ? *', '2026-01-01T00:00:00Z', ['2026-01-01T12:15Z', '2026-01-02T12:15Z', '2026-01-03T12:15Z']],
  [
    '0 18 ? * MON-FRI *',
    '2026-01-01T19:00:00Z',
    ['2026-01-02T18:00Z', '2026-01-05T18:00Z', '2026-01-06T18:00Z'],
  ],
  ['0 18 ? * 2-6 *', '2026-01-01T19:00:00Z', ['2026-01-02T18:00Z', '2026-01-05T18:00Z', '2026-01-06T18:00Z']],
  ['0 8 1 * ? *', '2026-01-01T09:00:00Z', ['2026-02-01T08:00Z', '2026-03-01T08:00Z', '2026-04-01T08:00Z']],
  ['0/15 * * * ? *', '2026-01-01T00:40:00Z', ['2026-01-01T00:45Z', '2026-01-01T01:00Z', '2026-01-01T01:15Z']],
  ['5/20 9 * * ? *', '2026-01-01T09:06:00Z', ['2026-01-01T09:25Z', '2026-01-01T09:45Z', '2026-01-02T09:05Z']],
  [
    '0/5 8-17 ? * mon-fri *',
    '2026-01-02T17:50:00Z',
    ['2026-01-02T17:55Z', '2026-01-05T08:00Z', '2026-01-05T08:05Z'],
  ],
  ['0 0 L * ? *', '2026-01-15T00:00:00Z', ['2026-01-31T00:00Z', '2026-02-28T00:00Z', '2026-03-31T00:00Z']],
  ['0 0 15W * ? *', '2026-01-01T00:00:00Z', ['2026-01-15T00:00Z', '2026-02-16T00:00Z', '2026-03-16T00:00Z']],
  ['0 0 ? * 6L *', '2026-01-01T00:00:00Z', ['2026-01-30T00:00Z', '2026-02-27T00:00Z', '2026-03-27T00:00Z']],
  [
    '0 0 ? * TUE#1 *',
    '2026-01-01T00:00:00Z',
    ['2026-01-06T00:00Z', '2026-02-03T00:00Z', '2026-03-03T00:00Z'],
  ],
  [
    '0 0 1 JAN,JUL ? 2027-2028',
    '2026-01-01T00:00:00Z',
    ['2027-01-01T00:00Z', '2027-07-01T00:00Z', '2028-01-01T00:00Z'],
  ],
  ['0 0 29 2 ? *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z', '2036-02-29T00:00Z']],
  ['0 0 1 1 ? 2027', '2026-01-01T00:00:00Z', ['2027-01-01T00:00Z']],
  [
    '0 9 * * ? *',
    '2026-06-30T12:00:00Z',
    ['2026-06-30T13:00Z', '2026-07-01T13:00Z', '2026-07-02T13:00Z'],
    'America/New_York',
  ],
  // The clocks of Berlin go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
  [
    '30 2 * * ? *',
    '2026-03-28T00:00:00Z',
    ['2026-03-28T01:30Z', '2026-03-30T00:30Z', '2026-03-31T00:30Z'],
    'Europe/Berlin',
  ],
  [
    '30 2 * * ? *',
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
    'Europe/Berlin',
  ],
  [
    '0/30 2 * * ? *',
    '2026-10-25T00:10:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:00Z', '2026-10-26T01:30Z'],
    'Europe/Berlin',
  ],
  [
    '0/30 2 * * ? *',
    '2026-10-25T01:10:00Z',
    ['2026-10-26T01:00Z', '2026-10-26T01:30Z', '2026-10-27T01:00Z'],
    'Europe/Berlin',
  ],
])('cron(%s) after %s', (fields, after, expected, zone) => {
  expect(times(`cron(${fields})`, after, 3, zone)).toEqual(expected);
});

test('a rate counts from when the schedule was made, that moment included', () => {
  expect(times('rate(15 minutes)', '2026-01-01T00:00:09Z')).toEqual([
    '2026-01-01T00:00:10Z',
    '2026-01-01T00:15:10Z',
    '2026-01-01T00:30:10Z',
  ]);
  expect(times('rate(1 hour)', '2026-01-03T05:30:00Z', 2)).toEqual([
    '2026-01-03T06:00:10Z',
    '2026-01-03T07:00:10Z',
  ]);
  expect(times('rate(1 day)', '2026-03-29T00:00:10Z', 1, 'Europe/Berlin')).toEqual(['2026-03-30T00:00:10Z']);
});

test('a rate with a start counts from there', () => {
  expect(
    times('rate(2 hours)', '2026-01-01T00:00:00Z', 2, 'UTC', { start: at('2026-01-05T09:00:00Z') }),
  ).toEqual(['2026-01-05T09:00Z', '2026-01-05T11:00Z']);
});

test('nothing is due before the start or after the end', () => {
  const range = { start: at('2026-01-02T00:00:00Z'), end: at('2026-01-03T00:00:00Z') };

  expect(times('cron(0 0 * * ? *)', '2026-01-01T00:00:00Z', 9, 'UTC', range)).toEqual([
    '2026-01-02T00:00Z',
    '2026-01-03T00:00Z',
  ]);
});

test('at() is due once, at the time its zone shows', () => {
  expect(times('at(2026-07-01T09:00:00)', '2026-01-01T00:00:00Z', 3, 'Europe/Berlin')).toEqual([
    '2026-07-01T07:00Z',
  ]);
  expect(times('at(2025-07-01T09:00:00)', '2026-01-01T00:00:00Z')).toEqual([]);
});

test.each([
  ['every hour', 'none of rate(…), cron(…) and at(…)'],
  ['rate(0 minutes)', 'a positive number'],
  ['rate(5 seconds)', 'minutes, hours or days'],
  ['at(tomorrow)', 'yyyy-mm-ddThh:mm:ss'],
  ['cron(0 10 * * ?)', 'six fields'],
  ['cron(0 10 * * * *)', 'one of day-of-month and day-of-week is "?"'],
  ['cron(0 10 ? * ? *)', 'one of day-of-month and day-of-week is "?"'],
  ['cron(0 10 ? * L *)', '"L" is no day-of-week'],
  ['cron(0 10 LW * ? *)', '"LW" is no day-of-month'],
  ['cron(0 10 ? * 0 *)', '"0" is no day-of-week'],
  ['cron(? 10 ? * 1 *)', '"?" is no minutes'],
  ['cron(0 10 1 * ? 1969)', '"1969" is no year'],
  ['cron(60 10 1 * ? *)', 'minute'],
  ['cron(0 0 ? * MON#6 *)', '"MON#6" is no day-of-week'],
])('%s is refused', (expression, message) => {
  expect(() => times(expression, '2026-01-01T00:00:00Z')).toThrow(message);
});

test('a zone nobody knows is refused', () => {
  expect(() => times('rate(1 day)', '2026-01-01T00:00:00Z', 1, 'Mars/Base')).toThrow('Mars/Base');
});

describe('clocks on walls', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
  );
  const second = fc.integer({
    min: at('2000-01-01T00:00:00Z') / 1000,
    max: at('2060-01-01T00:00:00Z') / 1000,
  });

  test('show an instant again, or an earlier one with the same face', () => {
    fc.assert(
      fc.property(zone, second, (name, seconds) => {
        const instant = seconds * 1000;
        const back = instantOf(wallOf(instant, name), name) ?? Number.NaN;

        expect(back).toBeLessThanOrEqual(instant);
        expect(wallOf(back, name)).toBe(wallOf(instant, name));
      }),
    );
  });
});
