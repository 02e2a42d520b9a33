import { beforeAll, describe, expect, test } from 'vitest';
import { expected, outcomes, type Outcome, type Rule } from '../fixtures/rules.ts';

const exact = { openx: { CaseInsensitive: false } };
const mapped = { openx: { ColumnToJsonKeyMappings: { v: 'timestamp' } } };
const dots = { openx: { ConvertDotsInJsonKeysToUnderscores: true } };

const rules: Rule[] = [
  // timestamps
  {
    rule: 'reads ISO text ending in Z',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02Z"}',
    gives: '2026-09-07 12:00:02',
  },
  {
    rule: 'cuts nine fraction digits to milliseconds',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02.123987654Z"}',
    gives: '2026-09-07 12:00:02.123',
  },
  {
    rule: 'reads the space form',
    type: 'timestamp',
    json: '{"v":"2026-09-07 12:00:02.5"}',
    gives: '2026-09-07 12:00:02.5',
  },
  {
    rule: 'reads the space form with one-digit fields',
    type: 'timestamp',
    json: '{"v":"2026-9-7 1:2:3"}',
    gives: '2026-09-07 01:02:03',
  },
  {
    rule: 'refuses the T form with one-digit fields',
    type: 'timestamp',
    json: '{"v":"2026-9-7T12:00:02Z"}',
    fails: 'timestamp format',
  },
  {
    rule: 'refuses the T form without Z',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02"}',
    fails: 'timestamp format',
  },
  {
    rule: 'refuses a numeric offset',
    type: 'timestamp',
    json: '{"v":"2026-09-07T12:00:02+00:00"}',
    fails: 'timestamp format',
  },
  {
    rule: 'refuses a day that does not exist',
    type: 'timestamp',
    json: '{"v":"2026-02-30 00:00:00"}',
    fails: 'timestamp format',
  },
  {
    rule: 'takes a number below 1e12 as seconds',
    type: 'timestamp',
    json: '{"v":1757246402}',
    gives: '2025-09-07 12:00:02',
  },
  {
    rule: 'takes a number from 1e12 as milliseconds',
    type: 'timestamp',
    json: '{"v":1757246402123}',
    gives: '2025-09-07 12:00:02.123',
  },
  {
    rule: 'takes exactly 1e12 as milliseconds',
    type: 'timestamp',
    json: '{"v":1000000000000}',
    gives: '2001-09-09 01:46:40',
  },
  {
    rule: 'takes negative numbers by their size',
    type: 'timestamp',
    json: '{"v":-1}',
    gives: '1969-12-31 23:59:59',
  },
  {
    rule: 'reads seconds with a fraction, digit by digit',
    type: 'timestamp',
    json: '{"v":1757246402.123456789}',
    gives: '2025-09-07 12:00:02.123',
  },
  {
    rule: 'reads seconds in text',
    type: 'timestamp',
    json: '{"v":"1757246402"}',
    gives: '2025-09-07 12:00:02',
  },
  {
    rule: 'reads milliseconds in text',
    type: 'timestamp',
    json: '{"v":"1757246402123"}',
    gives: '2025-09-07 12:00:02.123',
  },
  { rule: 'reads an exponent', type: 'timestamp', json: '{"v":1.757246402E9}', gives: '2025-09-07 12:00:02' },
  {
    rule: 'wraps an epoch out of range as 64-bit nanoseconds do',
    type: 'timestamp',
    json: '{"v":999999999999}',
    gives: '2092-10-26 00:40:18.684',
  },
  { rule: 'refuses a boolean timestamp', type: 'timestamp', json: '{"v":true}', fails: 'timestamp format' },
  // dates
  { rule: 'reads a date', type: 'date', json: '{"v":"2026-09-07"}', gives: '2026-09-07' },
  { rule: 'reads a date with one-digit fields', type: 'date', json: '{"v":"2026-9-7"}', gives: '2026-09-07' },
  {
    rule: 'refuses a date that does not exist',
    type: 'date',
    json: '{"v":"2026-02-30"}',
    fails: 'Invalid format for one or more dates',
  },
  {
    rule: 'refuses a number for a date',
    type: 'date',
    json: '{"v":20000}',
    fails: 'Invalid format for one or more dates',
  },
  // keys
  { rule: 'matches keys whatever their case', type: 'int', json: '{"V":1}', gives: '1' },
  {
    rule: 'matches member keys whatever their case',
    type: 'struct<a:struct<b:int>>',
    json: '{"v":{"A":{"B":1}}}',
    gives: "{'a': {'b': 1}}",
  },
  { rule: 'lowers map keys', type: 'map<string,int>', json: '{"v":{"Ab":1}}', gives: '{ab=1}' },
  {
    rule: 'makes one entry of map keys that become one',
    type: 'map<string,int>',
    json: '{"v":{"A":1,"a":2}}',
    gives: '{a=2}',
  },
  {
    rule: 'keeps a nested object in text as compact JSON with lowered keys',
    type: 'string',
    json: '{"v":{ "A": {"bC": [1, {"D": "Ee"}]}}}',
    gives: '{"a":{"bc":[1,{"d":"Ee"}]}}',
  },
  {
    rule: 'keeps JSON that is already text as it is',
    type: 'string',
    json: String.raw`{"v":"{\"A\": 1}"}`,
    gives: '{"A": 1}',
  },
  { rule: 'matches exactly when told to', type: 'int', json: '{"V":1}', gives: null, options: exact },
  {
    rule: 'keeps map keys when matching exactly',
    type: 'map<string,int>',
    json: '{"v":{"Ab":1}}',
    gives: '{Ab=1}',
    options: exact,
  },
  {
    rule: 'keeps nested keys in text when matching exactly',
    type: 'string',
    json: '{"v":{"Ab":1}}',
    gives: '{"Ab":1}',
    options: exact,
  },
  {
    rule: 'reads a column from the key it is mapped to',
    type: 'int',
    json: '{"Timestamp":1}',
    gives: '1',
    options: mapped,
  },
  {
    rule: 'does not read a mapped column from its own name',
    type: 'int',
    json: '{"v":1}',
    gives: null,
    options: mapped,
  },
  {
    rule: 'keeps dots apart from underscores by default',
    type: 'struct<a_b:int>',
    json: '{"v":{"a.b":1}}',
    gives: "{'a_b': NULL}",
  },
  {
    rule: 'converts dots to underscores when told to',
    type: 'struct<a_b:int>',
    json: '{"v":{"a.b":1}}',
    gives: "{'a_b': 1}",
    options: dots,
  },
  { rule: 'drops unknown keys', type: 'int', json: '{"v":1,"w":2}', gives: '1' },
  { rule: 'drops undeclared members', type: 'struct<a:int>', json: '{"v":{"a":1,"b":2}}', gives: "{'a': 1}" },
  { rule: 'gives null for a missing key', type: 'int', json: '{}', gives: null },
  {
    rule: 'gives null for a missing member',
    type: 'struct<a:int,b:int>',
    json: '{"v":{"a":1}}',
    gives: "{'a': 1, 'b': NULL}",
  },
  { rule: 'gives null for null', type: 'struct<a:int>', json: '{"v":null}', gives: null },
  {
    rule: 'is not confused by keys every object has',
    type: 'map<string,int>',
    json: '{"v":{"__proto__":1,"constructor":2}}',
    gives: '{__proto__=1, constructor=2}',
  },
  // coercions
  { rule: 'writes a number as text', type: 'string', json: '{"v":1.10}', gives: '1.10' },
  {
    rule: 'writes a long number as text, every digit',
    type: 'string',
    json: '{"v":12345678901234567890}',
    gives: '12345678901234567890',
  },
  { rule: 'writes a boolean as text', type: 'string', json: '{"v":true}', gives: 'true' },
  { rule: 'reads a number from text', type: 'int', json: '{"v":"3"}', gives: '3' },
  {
    rule: 'refuses text that is no number',
    type: 'int',
    json: '{"v":"oops"}',
    fails: 'For input string: "oops"',
  },
  { rule: 'refuses a fraction for a whole number', type: 'int', json: '{"v":1.5}', fails: 'not whole' },
  {
    rule: 'refuses an integer out of range',
    type: 'int',
    json: '{"v":2147483648}',
    fails: 'does not fit 32 bits',
  },
  { rule: 'refuses an object for a number', type: 'int', json: '{"v":{}}', fails: 'an object or array' },
  { rule: 'reads a boolean from text', type: 'boolean', json: '{"v":"True"}', gives: 'true' },
  {
    rule: 'refuses a number for a boolean',
    type: 'boolean',
    json: '{"v":1}',
    fails: 'java.lang.Long with value 1',
  },
  { rule: 'wraps a single value into an array', type: 'array<int>', json: '{"v":1}', gives: '[1]' },
  { rule: 'keeps nulls in arrays', type: 'array<int>', json: '{"v":[1,null]}', gives: '[1, NULL]' },
  { rule: 'keeps nulls in maps', type: 'map<string,int>', json: '{"v":{"a":null}}', gives: '{a=NULL}' },
  { rule: 'keeps an empty array', type: 'array<int>', json: '{"v":[]}', gives: '[]' },
  { rule: 'keeps an empty map', type: 'map<string,int>', json: '{"v":{}}', gives: '{}' },
  {
    rule: 'fills a struct from an array by position',
    type: 'struct<a:int,b:string>',
    json: '{"v":[1,"x",true]}',
    gives: "{'a': 1, 'b': x}",
  },
  {
    rule: 'leaves null what the array does not fill',
    type: 'struct<a:int,b:string>',
    json: '{"v":[1]}',
    gives: "{'a': 1, 'b': NULL}",
  },
  {
    rule: 'makes a struct of nulls of an empty object',
    type: 'struct<a:int,b:int>',
    json: '{"v":{}}',
    gives: "{'a': NULL, 'b': NULL}",
  },
  {
    rule: 'refuses a scalar for a struct',
    type: 'struct<a:int>',
    json: '{"v":42}',
    fails: 'Data is not JSONObject  but java.lang.Long with value 42',
  },
  {
    rule: 'fails the record for a mismatch at any depth',
    type: 'array<struct<a:map<string,int>>>',
    json: '{"v":[{"a":{"x":"oops"}}]}',
    fails: 'For input string: "oops"',
  },
  {
    rule: 'reads map keys of a number type',
    type: 'map<int,string>',
    json: '{"v":{"7":"x"}}',
    gives: '{7=x}',
  },
  // exactness
  {
    rule: 'keeps a bigint beyond 2^53',
    type: 'bigint',
    json: '{"v":9007199254740993}',
    gives: '9007199254740993',
  },
  {
    rule: 'keeps the least bigint',
    type: 'bigint',
    json: '{"v":-9223372036854775808}',
    gives: '-9223372036854775808',
  },
  {
    rule: 'refuses a bigint out of range',
    type: 'bigint',
    json: '{"v":9223372036854775808}',
    fails: 'does not fit 64 bits',
  },
  {
    rule: 'reads a whole number written with an exponent',
    type: 'bigint',
    json: '{"v":12e2}',
    gives: '1200',
  },
  {
    rule: 'keeps a decimal of 38 digits',
    type: 'decimal(38,3)',
    json: '{"v":12345678901234567890123456789012345.678}',
    gives: '12345678901234567890123456789012345.678',
  },
  { rule: 'reads a decimal from text', type: 'decimal(10,2)', json: '{"v":"0.1"}', gives: '0.10' },
  { rule: 'rounds a decimal half up', type: 'decimal(10,2)', json: '{"v":1.005}', gives: '1.01' },
  {
    rule: 'rounds a negative decimal away from zero',
    type: 'decimal(10,2)',
    json: '{"v":-1.005}',
    gives: '-1.01',
  },
  {
    rule: 'refuses a decimal that overflows',
    type: 'decimal(3,2)',
    json: '{"v":9.999}',
    fails: 'does not fit decimal(3,2)',
  },
  { rule: 'reads a decimal with an exponent', type: 'decimal(10,2)', json: '{"v":1.5e-1}', gives: '0.15' },
  { rule: 'rounds a tiny decimal to zero', type: 'decimal(10,2)', json: '{"v":1e-300}', gives: '0.00' },
  { rule: 'keeps a double to the last bit', type: 'double', json: '{"v":0.1}', gives: '0.1' },
  { rule: 'refuses a double out of range', type: 'double', json: '{"v":1e400}', fails: 'out of range' },
  { rule: 'refuses NaN', type: 'double', json: '{"v":"NaN"}', fails: 'For input string: "NaN"' },
  { rule: 'refuses a float out of range', type: 'float', json: '{"v":1e39}', fails: 'out of range' },
  { rule: 'reads a small integer', type: 'tinyint', json: '{"v":-128}', gives: '-128' },
  {
    rule: 'refuses a small integer out of range',
    type: 'smallint',
    json: '{"v":32768}',
    fails: 'does not fit 16 bits',
  },
  // text
  { rule: 'cuts varchar', type: 'varchar(2)', json: '{"v":"😀ab"}', gives: '😀a' },
  { rule: 'cuts char', type: 'char(1)', json: '{"v":"ab"}', gives: 'a' },
  {
    rule: 'keeps NUL, quotes and line separators in text',
    type: 'string',
    json: '{"v":"a\\u0000\\"\\u2028\\n"}',
    gives: 'a\0"\u2028\n',
  },
  { rule: 'replaces a lone surrogate', type: 'string', json: '{"v":"\\ud800"}', gives: '\uFFFD' },
];

describe('the OpenX JSON SerDe', () => {
  let found: Outcome[] = [];
  beforeAll(async () => {
    found = await outcomes(rules);
  });

  test.for(rules.map((rule, index) => ({ ...rule, index })))('$rule', ({ index, gives, fails }) => {
    expect(found[index]).toEqual(expected({ gives, fails }));
  });
});
