import { describe, expect, it } from 'vitest';
import { listChoices, listFields, queryFor } from '../../../core/http/list.ts';
import { order } from '../../../schemas/order.ts';

describe('a list', () => {
  it('uses the index of exactly the given fields', () => {
    expect(queryFor(order, ['customerId'])?.index).toBe('byCustomer');
    expect(queryFor(order, ['placedAt', 'customerId'])?.index).toBe('byCustomer');
    expect(queryFor(order, ['status', 'placedAt'])?.index).toBe('byStatus');
    expect(queryFor(order, ['id'])).toMatchObject({ index: undefined });
  });

  it.each([[], ['placedAt'], ['note'], ['customerId', 'status'], ['customerId', 'placedAt', 'status']])(
    'has no index for (%s, %s, %s)',
    (...given) => {
      expect(
        queryFor(
          order,
          given.filter((name) => typeof name === 'string'),
        ),
      ).toBeUndefined();
    },
  );

  it('says what it can be asked for', () => {
    expect(listFields(order)).toEqual(['id', 'customerId', 'placedAt', 'status']);
    expect(listChoices(order)).toBe(
      'id, or customerId (alone or with placedAt), or status (alone or with placedAt)',
    );
  });
});
