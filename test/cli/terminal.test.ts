import { describe, expect, test } from 'vitest';
import { plainTable } from '../../cli/table.ts';
import { span } from '../../cli/terminal.ts';

const [SECOND, HOUR] = [1000, 3_600_000];

describe('a span of time', () => {
  test.each([
    [-5, '0 s'],
    [59.9 * SECOND, '59 s'],
    [60 * SECOND, '1 min'],
    [HOUR - 1, '59 min'],
    [HOUR, '1 h'],
    [47 * HOUR, '47 h'],
    [48 * HOUR, '2 days'],
  ])('of %d ms is %s', (milliseconds, said) => {
    expect(span(milliseconds)).toBe(said);
  });
});

describe('a table', () => {
  const rows = [['orders', '1,000', 'A purchase by one customer, as it is now']];

  test('has its last column wrapped where the terminal is narrow', () => {
    const lines = plainTable(['name', 'rows', 'what it is'], rows, [1], 40).split('\n');

    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect(lines.join(' ')).toContain('customer');
  });

  test('is as wide as its words where the terminal is wide', () => {
    expect(plainTable(['name', 'rows', 'what it is'], rows, [1], 200).split('\n')).toHaveLength(4);
  });
});
