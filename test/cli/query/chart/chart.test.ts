import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { chart } from '../../../../cli/query/chart/index.ts';
import { UserError } from '../../../../cli/errors.ts';
import { answerOf } from '../answers.ts';

const plain = (terminal: number) => ({ terminal, isColoured: false });
const linesOf = (drawing: string): string[] => drawing.split('\n');
const lengthOf = (line: string): number => line.match(/█/g)?.length ?? 0;

const SALES = answerOf(
  ['day date', 'amount bigint', 'orders integer'],
  [
    ['2026-11-01', '1200', '3'],
    ['2026-11-02', '-600', '1'],
    ['2026-11-03', null, null],
    ['2026-11-04', '300', '0'],
  ],
);

describe('a bar chart', () => {
  test('has a bar for each row as long as its number, to the left below zero, and none for a missing one', () => {
    const [title, ...bars] = linesOf(chart('bar', SALES, plain(80)));

    expect(title).toBe('amount by day');
    expect(bars).toEqual([
      expect.stringMatching(/^2026-11-01 +│█+[^ ]? +1200$/),
      expect.stringMatching(/^2026-11-02 +█+│ +-600$/),
      expect.stringMatching(/^2026-11-03 +│ +null$/),
      expect.stringMatching(/^2026-11-04 +│█+[^ ]? +300$/),
    ]);
    const [most = 0, below = 0, , least = 0] = bars.map(lengthOf);
    expect(below / most).toBeCloseTo(0.5, 1);
    expect(least / most).toBeCloseTo(0.25, 1);
  });

  test('names rows by all that is no number, and by numbers where there is nothing else', () => {
    const two = answerOf(['day date', 'n bigint', 'currency varchar'], [['2026-11-01', '5', 'USD']]);
    const numbers = answerOf(['version bigint', 'n bigint'], [['7', '5']]);

    expect(chart('bar', two, plain(80))).toMatch(/^n by day, currency\n2026-11-01 USD │/);
    expect(chart('bar', numbers, plain(80))).toMatch(/^n by version\n7 │/);
    expect(chart('bar', answerOf(['n bigint'], [['5']]), plain(80))).toMatch(/^n\n +│█+ 5$/);
  });

  test('says numbers exactly, larger than doubles hold', () => {
    const answer = answerOf(['a varchar', 'n decimal(38,2)'], [['x', '123456789012345678901234.56']]);

    expect(chart('bar', answer, plain(80))).toContain(' 123456789012345678901234.56');
  });

  test('leaves the terminal as it is, whatever a label holds', () => {
    const answer = answerOf(['a varchar', 'n bigint'], [['a\u001B[31m\nb', '1']]);

    expect(linesOf(chart('bar', answer, plain(80)))[1]).toMatch(/^a\uFFFD\[31m b │/);
  });

  test('has at most 200 bars, and says how many rows are left', () => {
    const rows = Array.from({ length: 250 }, (_, row) => [`r${row}`, '1']);

    expect(linesOf(chart('bar', answerOf(['a varchar', 'n bigint'], rows), plain(80))).at(-1)).toBe(
      '… and 50 rows more',
    );
  });
});

describe('a line chart', () => {
  test('goes over the rows in their order, from the first label to the last', () => {
    const drawing = linesOf(chart('line', SALES, plain(60)));

    expect(drawing[0]).toBe('amount by day, without 1 more');
    expect(drawing.at(-1)).toMatch(/^ +2026-11-01 +2026-11-04$/);
    expect(drawing.join('\n')).toMatch(/1\.2K┤/);
    expect(drawing.join('\n')).toMatch(/-600┤/);
  });

  test('has a line for each column of numbers where there are colours to tell them apart', () => {
    const drawing = chart('line', SALES, { terminal: 60, isColoured: true });

    expect(linesOf(drawing)[0]).toBe('\u001B[36m━ amount\u001B[0m  \u001B[33m━ orders\u001B[0m by day');
    expect(drawing).toContain('\u001B[33m━');
  });
});

describe('every chart', () => {
  const KINDS = ['bar', 'line'] as const;

  test.each(KINDS)('%s of no rows says so', (kind) => {
    expect(chart(kind, answerOf(['a varchar', 'n bigint'], []), plain(80))).toBe(
      'There are no rows to draw.',
    );
  });

  test.each(KINDS)('%s of no numbers says what to ask for', (kind) => {
    expect(() => chart(kind, answerOf(['a varchar'], [['x']]), plain(80))).toThrow(UserError);
  });

  test.each(KINDS)('%s of missing numbers alone is drawn', (kind) => {
    const answer = answerOf(
      ['a varchar', 'n double'],
      [
        ['x', null],
        ['y', 'NaN'],
      ],
    );

    expect(chart(kind, answer, plain(80))).toMatch(/^n by a/);
  });

  test.each(KINDS)('%s is no wider than the terminal, whatever the letters and numbers', (kind) => {
    const number = fc.oneof(
      fc.integer({ min: -99_999, max: 99_999 }).map(String),
      fc.constantFrom('0', null, '0.001', '-0.5'),
    );
    const label = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('日本語のラベル', '👩‍👩‍👧‍👦 family', 'é'.repeat(50)),
    );
    const rows = fc.array(fc.tuple(label, number), { minLength: 1, maxLength: 20 });

    fc.assert(
      fc.property(rows, fc.integer({ min: 24, max: 200 }), (drawn, terminal) => {
        const drawing = chart(kind, answerOf(['a varchar', 'n double'], drawn), plain(terminal));
        for (const line of linesOf(drawing)) expect(stringWidth(line)).toBeLessThanOrEqual(terminal);
      }),
      { numRuns: 100 },
    );
  });
});
