import { describe, expect, it } from 'vitest';
import { checkQueries } from '../../../core/queries/check.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import { queries } from '../../../queries/index.ts';
import { schemas } from '../../../schemas/index.ts';
import { order } from '../../../schemas/order.ts';
import { martOf } from '../../functions/insights.ts';

const mart: SavedQuery = {
  ...martOf('counts'),
  reads: ['orders'],
  sql: 'SELECT count(*) AS n FROM {{orders}}',
};
const asserting = (sql: string): Partial<SavedQuery> => ({ assertions: [{ holds: 'it', sql }] });

describe('queries', () => {
  it('of the store fit its schemas', () => {
    expect(() => checkQueries(queries, schemas)).not.toThrow();
  });

  it.each<[string, Partial<SavedQuery>, string]>([
    [
      'reads what no schema makes',
      { reads: ['refunds'] },
      'counts.sql, header "reads": no schema makes "refunds"',
    ],
    [
      'reads what it does not say',
      { reads: ['order_lines'] },
      '"{{orders}}": the header does not say that it is read',
    ],
    ['has braces around no name', { sql: 'SELECT {{Orders!}}' }, '"{{Orders!}}" is no placeholder'],
    ['is called as a table is', { name: 'orders_current' }, 'a table or view of the lake is called so'],
    [
      'asserts of what it does not read',
      asserting('SELECT 1 FROM {{order_lines}}'),
      'the mart does not read "order_lines"',
    ],
    ['asserts with braces around no name', asserting('SELECT {{ }}'), 'counts.assert.sql, assertion "it"'],
  ])('are refused when one %s', (_, changes, message) => {
    expect(() => checkQueries([{ ...mart, ...changes }], [order])).toThrow(message);
  });

  it('may be called as a table is when they are only asked', () => {
    const saved: SavedQuery = { ...mart, name: 'orders', refresh: 'never' };

    expect(() => checkQueries([saved], [order])).not.toThrow();
  });
});
