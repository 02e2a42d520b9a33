import { describe, expect, test } from 'vitest';
import { javaDateFormat } from '../../../local/firehose/datetime-format.ts';
import { objectKeys, type KeyOptions } from '../../../local/firehose/object-key.ts';

const object = { uuid: 'c81ba8a5-0000-4000-8000-000000000000', arrival: Date.UTC(2026, 1, 3, 23, 5, 7, 89) };
const NAME = 'orders-1-2026-02-03-23-05-07-c81ba8a5-0000-4000-8000-000000000000';

const keys = (options: Partial<KeyOptions>) =>
  objectKeys({
    prefix: '',
    errorPrefix: undefined,
    timeZone: 'UTC',
    streamName: 'orders',
    extension: '.parquet',
    ...options,
  });

describe('object keys', () => {
  test.for([
    ['no prefix', {}, `2026/02/03/23/${NAME}.parquet`],
    [
      'a literal prefix gets the date appended as it stands',
      { prefix: 'legacy' },
      `legacy2026/02/03/23/${NAME}.parquet`,
    ],
    [
      'a prefix with a timestamp has no other date',
      {
        prefix: 'raw/dt=!{timestamp:yyyy-MM-dd}/h=!{timestamp:HH}/',
        errorPrefix: 'e/!{firehose:error-output-type}/',
      },
      `raw/dt=2026-02-03/h=23/${NAME}.parquet`,
    ],
    [
      'a time zone moves dates and the name',
      {
        prefix: 'dt=!{timestamp:yyyy-MM-dd}/',
        errorPrefix: 'e/!{firehose:error-output-type}/',
        timeZone: 'Asia/Tokyo',
      },
      'dt=2026-02-04/orders-1-2026-02-04-08-05-07-c81ba8a5-0000-4000-8000-000000000000.parquet',
    ],
  ] as const)('%s', ([, options, expected]) => {
    expect(keys(options).data(object)).toBe(expected);
  });

  test.for([
    ['no prefix at all', {}, `format-conversion-failed2026/02/034/23/${NAME}`],
    ['none but for data', { prefix: 'raw/' }, `raw/format-conversion-failed2026/02/034/23/${NAME}`],
    [
      'its own',
      { errorPrefix: 'errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/' },
      `errors/format-conversion-failed/dt=2026-02-03/${NAME}`,
    ],
  ] as const)('error prefix: %s', ([, options, expected]) => {
    expect(keys(options).error(object)).toBe(expected);
  });

  test('random strings differ by place, and are the same when an object is delivered again', () => {
    const { data } = keys({
      prefix: '!{firehose:random-string}/!{firehose:random-string}/!{timestamp:yyyy}/',
      errorPrefix: 'e/!{firehose:error-output-type}/',
    });

    const [first, second] = data(object).split('/');

    expect(first).toMatch(/^[0-9A-Za-z]{11}$/);
    expect(first).not.toBe(second);
    expect(data(object)).toBe(data(object));
    expect(data({ ...object, uuid: 'other' })).not.toContain(first);
  });
});

describe('Java date patterns', () => {
  test.for([
    ['yyyy/MM/dd/HH', '2026/02/03/23'],
    ['yy-M-d H:m:s', '26-2-3 23:5:7'],
    ["'day='DDD", 'day=034'],
    ["yyyy'-'MM''", "2026-02'"],
    ['EEE EEEE', 'Tue Tuesday'],
    ['MMM MMMM', 'Feb February'],
    ['hh a KK kk', '11 PM 11 23'],
    ['ss.SSS', '07.089'],
  ])('%s', ([pattern, expected]) => {
    expect(javaDateFormat(pattern!, 'UTC')(object.arrival)).toBe(expected);
  });

  test('midnight is 00, or 24 where hours count from one', () => {
    expect(javaDateFormat('HH kk hh', 'UTC')(0)).toBe('00 24 12');
  });
});
