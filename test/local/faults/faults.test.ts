import { describe, expect, it } from 'vitest';
import { createFaults } from '../../../local/faults/faults.ts';
import { parseFaultPlan } from '../../../local/faults/plan.ts';

const ALL = new Set(['throttle', 'error'] as const);
const PUT = 's3:PutObject';

const start = (seed: number, ...faults: object[]) => {
  const lines: string[] = [];
  const made = createFaults((_level, _source, message) => lines.push(message));
  made.set(parseFaultPlan(JSON.stringify({ seed, faults })));
  const strikes = (count: number, operation = PUT, of = 'somebody') =>
    Array.from({ length: count }, () => made.strike(operation, of, ALL)?.fault.kind);
  return { ...made, lines, strikes };
};

describe('faults', () => {
  it('strike the calls they name, and say so with seed and numbers', () => {
    const { strikes, lines } = start(7, { on: PUT, kind: 'error', calls: [2, 4] });

    expect(strikes(5)).toEqual([undefined, 'error', undefined, 'error', undefined]);
    expect(lines).toEqual([
      'seed 7, fault 0: error of s3:PutObject, call 2, strike 1',
      'seed 7, fault 0: error of s3:PutObject, call 4, strike 2',
    ]);
  });

  it('by chance are the same for the same seed, whatever other faults do, and others for another', () => {
    const chance = { on: PUT, kind: 'error', probability: 0.3 };
    const other = { on: 's3:GetObject', kind: 'throttle', probability: 0.5 };
    const first = start(7, chance, other).strikes(200);
    const second = start(7, chance, other);
    const mixed = first.map(() => {
      second.strikes(3, 's3:GetObject');
      return second.strikes(1)[0];
    });

    expect(mixed).toEqual(first);
    expect(start(8, chance, other).strikes(200)).not.toEqual(first);
    const struck = first.filter((kind) => kind === 'error').length;
    expect(struck).toBeGreaterThan(30);
    expect(struck).toBeLessThan(90);
  });

  it('strike only operations, callers and kinds that fit, and no more often than their limit', () => {
    const { strikes, strike } = start(1, {
      on: 's3:*',
      kind: 'error',
      probability: 1,
      limit: 2,
      of: '*:role/relay*',
    });

    expect(strikes(1, 'athena:StartQueryExecution', 'arn:role/relay-1')).toEqual([undefined]);
    expect(strikes(1, PUT, 'arn:role/collector')).toEqual([undefined]);
    expect(strike(PUT, 'arn:role/relay-1', new Set(['slow']))).toBeUndefined();
    expect(strikes(3, PUT, 'arn:role/relay-1')).toEqual(['error', 'error', undefined]);
  });

  it('are gone when the plan is empty, and counted', () => {
    const { set, active, report, strikes } = start(1, { on: PUT, kind: 'error', probability: 1 });
    strikes(3);
    expect(report()).toMatchObject({ seed: 1, faults: [{ kind: 'error', called: 3, struck: 3 }] });

    set(parseFaultPlan('{"faults":[]}'));

    expect(active()).toBe(false);
    expect(strikes(1)).toEqual([undefined]);
  });
});
