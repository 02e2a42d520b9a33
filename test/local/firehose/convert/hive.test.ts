import { beforeAll, describe, expect, test } from 'vitest';
import { expected, outcomes, type Outcome, type Rule } from '../fixtures/rules.ts';

const formats = (...TimestampFormats: string[]) => ({ hive: { TimestampFormats } });
const iso = formats("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "yyyy-MM-dd'T'HH:mm:ssZ");

const rules: Rule[] = [
  { rule: 'matches keys whatever their case', type: 'int', json: '{"V":1}', gives: '1' },
  { rule: 'keeps the case of map keys', type: 'map<string,int>', json: '{"v":{"Ab":1}}', gives: '{Ab=1}' },
  { rule: 'reads map keys of a number type', type: 'map<int,int>', json: '{"v":{"7":1}}', gives: '{7=1}' },
  {
    rule: 'refuses a single value for an array',
    type: 'array<int>',
    json: '{"v":1}',
    fails: 'java.io.IOException: Start of Array expected',
  },
  {
    rule: 'refuses an array for a struct',
    type: 'struct<a:int>',
    json: '{"v":[1]}',
    fails: 'Start of Object expected',
  },
  {
    rule: 'refuses a scalar for a map',
    type: 'map<string,int>',
    json: '{"v":1}',
    fails: 'Start of Object expected',
  },
  {
    rule: 'refuses text in a numeric column',
    type: 'int',
    json: '{"v":"3"}',
    fails: 'Current token (VALUE_STRING) not numeric',
  },
  {
    rule: 'refuses an object in a text column',
    type: 'string',
    json: '{"v":{"a":1}}',
    fails: 'One or more fields have incorrect format',
  },
  { rule: 'refuses text for a boolean', type: 'boolean', json: '{"v":"true"}', fails: 'not of boolean type' },
  { rule: 'reads a boolean', type: 'boolean', json: '{"v":false}', gives: 'false' },
  { rule: 'writes a number as text', type: 'string', json: '{"v":1.10}', gives: '1.10' },
  {
    rule: 'keeps a decimal exact',
    type: 'decimal(38,1)',
    json: '{"v":1234567890123456789012345678901234567.8}',
    gives: '1234567890123456789012345678901234567.8',
  },
  {
    rule: 'reads java.sql.Timestamp by default',
    type: 'timestamp',
    json: '{"v":"2026-09-07 12:00:02.5"}',
    gives: '2026-09-07 12:00:02.5',
  },
  {
    rule: 'refuses the ISO form by default',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02Z"}',
    fails: 'timestamp format',
  },
  {
    rule: 'refuses a number by default',
    type: 'timestamp',
    json: '{"v":1757246402}',
    fails: 'timestamp format',
  },
  {
    rule: 'reads millis',
    type: 'timestamp',
    json: '{"v":1757246402123}',
    gives: '2025-09-07 12:00:02.123',
    options: formats('millis'),
  },
  {
    rule: 'reads a pattern with an offset',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02+02:00"}',
    gives: '2026-09-07 10:00:02',
    options: iso,
  },
  {
    rule: 'reads a pattern with Z for UTC',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02.123Z"}',
    gives: '2026-09-07 12:00:02.123',
    options: iso,
  },
  {
    rule: 'reads a twelve-hour pattern',
    type: 'timestamp',
    json: '{"v":"09/07/2026 1:05 pm"}',
    gives: '2026-09-07 13:05:00',
    options: formats('MM/dd/yyyy h:mm a'),
  },
  {
    rule: 'refuses a moment that its offset moves before the year 1',
    type: 'timestamp',
    json: '{"v":"0001-01-01T00:00:00+14:00"}',
    fails: 'timestamp format',
    options: iso,
  },
];

describe('the Hive JSON SerDe', () => {
  let found: Outcome[] = [];
  beforeAll(async () => {
    found = await outcomes(rules, { hive: {} });
  });

  test.for(rules.map((rule, index) => ({ ...rule, index })))('$rule', ({ index, gives, fails }) => {
    expect(found[index]).toEqual(expected({ gives, fails }));
  });
});
