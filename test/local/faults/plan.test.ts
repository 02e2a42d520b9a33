import { describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../../../local/faults/plan.ts';

const parse = (...faults: object[]) => parseFaultPlan(JSON.stringify({ seed: 1, faults }));
const rule = { on: 'firehose:PutRecordBatch', kind: 'throttle', probability: 0.5 };

describe('a fault plan', () => {
  it('says what strikes which calls, and when', () => {
    expect(parse(rule, { on: 's3:*', kind: 'slow', calls: [2, 5] })).toEqual({
      seed: 1,
      faults: [rule, { on: 's3:*', kind: 'slow', calls: [2, 5], delayMs: 1000 }],
    });
  });

  it.each([
    ['an unknown service', { ...rule, on: 'sqs:SendMessage' }, /faults\.0\.on: Name a service .* firehose/],
    ['an unknown kind', { ...rule, kind: 'flood' }, /faults\.0\.kind/],
    ['an unknown field', { ...rule, often: true }, /faults\.0: .*often/],
    ['a probability of none', { ...rule, probability: 0 }, /faults\.0\.probability/],
    ['neither probability nor calls', { on: 's3:*', kind: 'error' }, /faults\.0: Say when it strikes/],
    ['both probability and calls', { ...rule, calls: [1] }, /faults\.0: Say when it strikes/],
    [
      'a kind the operation has not',
      { ...rule, kind: 'partial', on: 's3:PutObject' },
      /faults\.0\.on: .*firehose:PutRecordBatch/,
    ],
  ])('with %s is refused by field', (_, wrong, message) => {
    expect(() => parse(wrong)).toThrow(message);
  });

  it('that is not JSON is refused', () => {
    expect(() => parseFaultPlan('{')).toThrow(/not JSON/);
  });
});
