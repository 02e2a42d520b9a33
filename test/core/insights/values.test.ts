import { describe, expect, it } from 'vitest';
import { checkColumns, toInsightRow } from '../../../core/insights/values.ts';

const valueOf = (type: string, text: string | undefined) => toInsightRow([{ name: 'it', type }], [text]).it;

describe('a value of Athena as JSON', () => {
  it.each([
    ['varchar', '', ''],
    ['varchar(3)', 'ä"', 'ä"'],
    ['char', ' a', ' a'],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['integer', '-7', -7],
    ['bigint', '0', 0],
    ['bigint', '9007199254740991', 9_007_199_254_740_991],
    ['double', '1.5E-3', 0.0015],
    ['double', '1.0E7', 10_000_000],
    ['double', '0.1', 0.1],
    ['float', '2.5', 2.5],
    ['date', '2026-11-25', '2026-11-25'],
    ['timestamp', '2026-11-25 12:00:00.000', '2026-11-25T12:00:00.000Z'],
    ['timestamp(6)', '2026-11-25 12:00:00.123456', '2026-11-25T12:00:00.123456Z'],
  ])('of type %s: %s', (type, text, value) => {
    expect(valueOf(type, text)).toBe(value);
  });

  it.each([
    ['bigint', '9007199254740992'],
    ['bigint', '9007199254740993'],
    ['bigint', '-9223372036854775808'],
    ['decimal', '0.10'],
    ['decimal(38,2)', '123456789012345678901234567890123456.78'],
    ['double', 'NaN'],
    ['double', '-Infinity'],
  ])('that no reader may round stays a text: %s %s', (type, text) => {
    expect(valueOf(type, text)).toBe(text);
  });

  it.each(['varchar', 'bigint', 'double', 'boolean', 'timestamp'])('of type %s is null for NULL', (type) => {
    expect(valueOf(type, undefined)).toBeNull();
  });

  it('stands under its column, whatever that is called', () => {
    const columns = ['b', '__proto__', 'a'].map((name) => ({ name, type: 'bigint' }));

    expect(JSON.stringify(toInsightRow(columns, ['1', '2', '3']))).toBe('{"b":1,"__proto__":2,"a":3}');
  });
});

describe('columns', () => {
  it.each(['array', 'map', 'row', 'json', 'varbinary', 'timestamp with time zone', 'interval day to second'])(
    'of type %s are refused with the cure',
    (type) => {
      expect(() => checkColumns('sales', [{ name: 'lines', type }])).toThrow(
        `sales.sql, column "lines": ${type} cannot be published. CAST it to a plain type.`,
      );
    },
  );

  it('of one name are refused', () => {
    const column = { name: 'day', type: 'date' };

    expect(() => checkColumns('sales', [column, column])).toThrow(
      'sales.sql, column "day": there are two of this name.',
    );
  });
});
