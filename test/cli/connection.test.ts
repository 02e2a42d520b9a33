import { describe, expect, test } from 'vitest';
import { explainAws } from '../../cli/connection.ts';
import { UserError } from '../../cli/errors.ts';

describe('an error of AWS', () => {
  test('that the person can cure is told as theirs, once, however many hands it goes through', () => {
    const told = explainAws(new Error('Region is missing'), '.tailrace');

    expect(told).toBeInstanceOf(UserError);
    expect((told as Error).message).toContain('set AWS_PROFILE and AWS_REGION');
    expect(explainAws(told, '.tailrace')).toBe(told);
  });

  test('that is a fault stays what it is', () => {
    const fault = new Error('it broke');

    expect(explainAws(fault, '.tailrace')).toBe(fault);
  });
});
