import { describe, expect, test } from 'vitest';
import { complete } from '../../../../cli/query/prompt/complete.ts';

const columns = (...names: string[]) => names.map((name) => ({ name, type: 'string', comment: '' }));

const RELATIONS = [
  { name: 'orders', columns: columns('id', 'status', 'total_amount') },
  { name: 'order_lines', columns: columns('order_id', 'product_id') },
  { name: 'products', columns: columns('id', 'stock') },
];

const found = (line: string, before = ''): string[] => complete(RELATIONS, before, line)[0];

describe('completion', () => {
  test.each([
    ['SELECT * FROM ord', ['order_lines', 'orders']],
    ['SELECT * FROM orders JOIN pr', ['products']],
    ['SELECT * FROM ', ['order_lines', 'orders', 'products']],
    ['SELECT st', ['status', 'stock']],
    ['SELECT ORD', ['order_id', 'order_lines', 'orders', 'ORDER BY']],
    ['SELECT * FROM orders WHERE st', ['status']],
    ['SELECT * FROM orders WHERE orders.', ['id', 'status', 'total_amount']],
    ['SELECT * FROM orders AS o WHERE o.to', ['total_amount']],
    ['SELECT * FROM products p WHERE p.', ['id', 'stock']],
    ['SELECT zz', []],
  ])('of %j offers %j', (line, offered) => {
    expect(found(line)).toEqual(offered);
  });

  test('knows the tables of earlier lines, and the word it completes', () => {
    expect(complete(RELATIONS, 'SELECT *\nFROM products', 'WHERE st')).toEqual([['stock'], 'st']);
  });

  test('offers keywords', () => {
    expect(found('sel')).toEqual(['SELECT']);
  });
});
