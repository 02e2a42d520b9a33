import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { evaluate } from '../../../local/states/interpreter/evaluate.ts';
import type { Json } from '../../../local/states/json.ts';

const states = { input: { a: 1, list: [{ p: 1 }, { p: 20 }, { p: 30 }], text: '{"x":[1]}' } };
const value = async (template: Json) => await evaluate(template, { states, count: 42 }, 'Output');

/** Templates and what they give. */
const values: [template: Json, value: Json][] = [
  ['text', 'text'],
  [' {% 1 %}', ' {% 1 %}'],
  ['{% 1 %} ', '{% 1 %} '],
  ['{%%}x', '{%%}x'],
  ['{% 1 + 1 %}', 2],
  ['{%$states.input.a%}', 1],
  [
    { a: ['{% 1 %}', { b: '{% null %}' }], c: 3 },
    { a: [1, { b: null }], c: 3 },
  ],
  [{ '{% 1 %}': 1 }, { '{% 1 %}': 1 }],
  ['{% $count %}', 42],
  ['{% $states.input.list[p > 10].p %}', [20, 30]],
  ['{% $states.input.list[p > 20] %}', { p: 30 }],
  ['{% [$states.input.list[p > 20]] %}', [{ p: 30 }]],
  ["{% { 'k': $states.input.none, 'l': 1 } %}", { l: 1 }],
  ["{% $merge([$states.input, { 'list': 0, 'text': 0 }]) %}", { a: 1, list: 0, text: 0 }],
  ['{% ( $x := 2; $f := function($n) { $n * $x }; $f(4) ) %}', 8],
  ['{% $partition([1, 2, 3, 4, 5], 2) %}', [[1, 2], [3, 4], [5]]],
  ['{% $partition([], 2) %}', []],
  ['{% $range(1, 9, 2) %}', [1, 3, 5, 7, 9]],
  ['{% $range(3, 1, -1) %}', [3, 2, 1]],
  ['{% $range(1, 0, 1) %}', []],
  ["{% $hash('abc', 'MD5') %}", '900150983cd24fb0d6963f7d28e17f72'],
  ["{% $hash('abc', 'SHA-256') %}", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['{% $parse($states.input.text).x %}', [1]],
  ['{% $uuid() != $uuid() and $length($uuid()) = 36 %}', true],
  ['{% ($r := $random(); $r >= 0 and $r < 1) %}', true],
];

test.each(values)('%j gives %j', async (template, expected) => {
  expect(await value(template)).toEqual(expected);
});

/** Expressions without a value, and what is said of them. */
const failures: [expression: string, message: string][] = [
  [
    '$states.input.none',
    "The JSONata expression '$states.input.none' specified for the field 'Output' returned nothing (undefined).",
  ],
  ['$none', 'returned nothing'],
  ['function($x) { $x }', 'a function is no JSON value'],
  ["{ 'f': $sum }", 'a function is no JSON value'],
  ['1 / 0', 'out of range'],
  ['"a" - 1', 'T2001'],
  ["$parse('{')", 'JSON'],
  ["$hash('a', 'CRC')", '$hash knows MD5, SHA-1, SHA-256, SHA-384, SHA-512'],
  ['$random(1)', 'no $random with a seed'],
  ['$range(1, 2, 0)', 'other than 0'],
  ['$range(1, 1e12, 1)', 'at most'],
  ['$partition([1], 0)', 'positive'],
  ['$error("own words")', 'own words'],
  ['($f := function($n) { 1 + $f($n) }; $f(0))', 'steps deep'],
];

test.each(failures)('%s has no value', async (expression, message) => {
  await expect(value(`{% ${expression} %}`)).rejects.toThrow(message);
});

test('an expression that does not end is ended, and others run meanwhile', async () => {
  const late = Date.now() + 11_000;
  const endless = value('{% ($f := function($n) { $f($n + 1) }; $f(0)) %}');
  const turn = new Promise((resolve) => setImmediate(resolve));

  await turn;
  vi.spyOn(Date, 'now').mockReturnValue(late);

  await expect(endless).rejects.toThrow('more than the 10 seconds');
  vi.restoreAllMocks();
});

describe('for any JSON value', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  /** Step Functions gives its values through JSON texts, in which -0 is 0. */
  const sent = (one: Json) => JSON.parse(JSON.stringify(one)) as Json;

  test('a variable comes out as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (one) => {
        const wrapped = { value: sent(one) };

        expect(await evaluate('{% $wrapped %}', { wrapped }, 'Output')).toEqual(wrapped);
      }),
      { numRuns: 200 },
    );
  });

  test('what is read is not changed', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (one) => {
        const input = sent(one);
        const before = JSON.stringify(input);

        await evaluate(
          '{% {"v": [$states.input]} ~> |$|{"x": 1, "v": 2}| %}',
          { states: { input } },
          'Output',
        );

        expect(JSON.stringify(input)).toBe(before);
      }),
      { numRuns: 200 },
    );
  });

  test('a template without expressions is itself', async () => {
    const plain = json.filter((one) => !JSON.stringify(one).includes('{%'));
    await fc.assert(
      fc.asyncProperty(plain, async (one) => {
        expect(await evaluate(one, {}, 'Output')).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });
});
