import { describe, expect, it } from 'vitest';
import { invalid, problem, PROBLEMS } from '../../../core/http/problem.ts';

describe('problem', () => {
  it('is an RFC 9457 document', () => {
    const errors = [{ pointer: '/name', message: 'Too short' }];

    expect(problem('validation-failed', 'Wrong.', { errors, instance: '/things', requestId: 'r1' })).toEqual({
      type: 'urn:tailrace:problem:validation-failed',
      title: PROBLEMS['validation-failed'].title,
      status: 400,
      detail: 'Wrong.',
      instance: '/things',
      errors,
      requestId: 'r1',
    });
  });

  it('has no member without a value', () => {
    expect(Object.keys(problem('not-found', 'Gone.'))).toEqual(['type', 'title', 'status', 'detail']);
  });

  it('counts what is wrong', () => {
    const issue = { parameter: 'limit', message: 'Too big' };

    expect(invalid([issue]).message).toBe('One thing is wrong with it.');
    expect(invalid([issue, issue]).message).toBe('2 things are wrong with it.');
  });
});
