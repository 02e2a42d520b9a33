import { describe, expect, it } from 'vitest';
import { bytesIn } from '../../bench/process-memory.ts';
import { generateRecords } from '../../bench/records.ts';
import { handlerRows, tableOf, verdict } from '../../bench/report.ts';
import { lineChecker } from '../../cli/import/candidate.ts';
import { entitiesOf } from '../../core/schema/load.ts';
import { schemas } from '../../schemas/index.ts';

describe('verdict', () => {
  it.each([
    [5, 'met'],
    [5.01, 'missed'],
  ])('of an upper bound of 5: %f is %s', (value, expected) => {
    expect(verdict(value, { atMost: 5, unit: 's' })).toBe(`≤ 5 s, ${expected}`);
  });

  it.each([
    [2, 'met'],
    [1.99, 'missed'],
  ])('of a lower bound of 2: %f is %s', (value, expected) => {
    expect(verdict(value, { atLeast: 2, unit: '×' })).toBe(`≥ 2 ×, ${expected}`);
  });
});

describe('the table', () => {
  it('has a line for each figure, with the peer, the ratio and the goal', () => {
    const slow = {
      handlerP50: 2,
      bareP50: 1,
      ratioP50: 2,
      handlerP99: 5,
      bareP99: 4,
      ratioP99: 1.25,
    };

    const lines = tableOf({ handler: handlerRows({ calls: 10, get: slow, post: slow }) }).split('\n');

    expect(lines.filter((line) => line.includes('GET'))).toEqual([
      expect.stringMatching(/p50 .*2\.00 ms.*1\.00 ms.*2\.00 ×.*missed/),
      expect.stringMatching(/p99 .*5\.00 ms.*4\.00 ms.*1\.25 ×.*met/),
    ]);
  });
});

describe('the memory of a process', () => {
  const status = 'Name:\tnode\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\nThreads:\t7\n';

  it('is read in bytes', () => {
    expect(bytesIn(status, 'VmRSS')).toBe(204_800);
  });

  it('is 0 for a process that has ended', () => {
    expect(bytesIn('', 'VmRSS')).toBe(0);
  });
});

describe('the generated records', () => {
  it('are the same every time', () => {
    expect(generateRecords(40)).toEqual(generateRecords(40));
  });

  it('are as many as asked for, and each fits its schema', () => {
    const checked = generateRecords(41).flatMap(({ entity: name, records }) => {
      const check = lineChecker(
        entitiesOf(schemas).find((entity) => entity.name === name)!,
        '',
      );
      return records.map((record, index) =>
        check({ number: index + 1, text: JSON.stringify(record), bytesRead: 0 }),
      );
    });

    expect(checked).toHaveLength(41);
    expect(checked.filter((outcome) => 'reject' in outcome)).toEqual([]);
  });
});
