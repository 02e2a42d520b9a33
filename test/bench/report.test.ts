import { describe, expect, it } from 'vitest';
import { bytesIn } from '../../bench/process-memory.ts';
import { generateRecords } from '../../bench/records.ts';
import { frameworksRows, loadRows, routesRows, startRows } from '../../bench/api/rows.ts';
import { lakeRows, tableOf, verdict } from '../../bench/report.ts';
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
    const route = (name: string, ratio: number) => ({ name, handlerP50: 2, bareP50: 1, ratio });
    const figures = { calls: 10, routes: [route('GET /a', 2), route('POST /a', 1.25)] };

    const lines = tableOf({ routes: routesRows(figures) }).split('\n');

    expect(lines.filter((line) => line.includes('/a'))).toEqual([
      expect.stringMatching(/GET \/a.*2\.00 ms.*1\.00 ms.*2\.00 ×.*≤ 1\.3 ×, missed/),
      expect.stringMatching(/POST \/a.*1\.25 ×.*met/),
    ]);
  });
});

describe('the rows of frameworks', () => {
  const peers = (['powertools', 'hono', 'bare'] as const).map((peer) => ({ peer, p50: 1, ratio: 1.1 }));
  const goals = frameworksRows({ calls: 1, get: { p50: 1, peers }, post: { p50: 1, peers: [] } }).map(
    ({ goal }) => goal,
  );

  it('want others not to be faster, and the SDK alone to be hardly so', () => {
    expect(goals).toEqual(['≤ 1 ×, missed', '≤ 1 ×, missed', '≤ 1.3 ×, met']);
  });
});

describe('the rows of a start', () => {
  it('compare size and time, each with its own ratio', () => {
    const peer = { name: 'bare' as const, bytes: 100, milliseconds: 10, ratioBytes: 1.2, ratio: 1.4 };

    const rows = startRows({ starts: 1, bytes: 120, milliseconds: 14, peers: [peer] });

    expect(rows.map(({ ratio, goal }) => [ratio, goal])).toEqual([
      ['1.20 ×', '≤ 1.3 ×, met'],
      ['1.40 ×', '≤ 1.3 ×, missed'],
    ]);
  });
});

describe('the rows of load', () => {
  it('have the rate, which is better when more, and the slowest hundredth', () => {
    const row = { kind: 'GET', concurrency: 8, perSecond: 900, barePerSecond: 1000, ratio: 0.9 } as const;

    const rows = loadRows({ calls: 1, rows: [{ ...row, p99: 4, bareP99: 2 }] });

    expect(rows.map(({ ours, peer, ratio }) => [ours, peer, ratio])).toEqual([
      ['900/s', '1,000/s', '0.90 ×'],
      ['4.00 ms', '2.00 ms', '2.00 ×'],
    ]);
  });
});

describe('the rows of the lake', () => {
  it('set each length of history against the first, and time against what the machine was worth', () => {
    const cost = (milliseconds: number, size: number) => ({ milliseconds, bytes: size });
    const points = [
      { changes: 100, view: cost(50, 1000), naive: cost(100, 5000), relative: 2 },
      { changes: 400, view: cost(200, 1100), naive: cost(800, 20_000), relative: 2.2 },
    ];

    const rows = lakeRows({ keys: 10, points, refreshSeconds: [2, 3, 3], parquetOverJson: 0.25 });

    expect(rows.map(({ ours, ratio = '', goal = '' }) => [ours, ratio, goal])).toEqual([
      ['1.0 kB', '', ''],
      ['50.00 ms', '', ''],
      ['1.1 kB', '1.10 ×', '≤ 1.2 ×, met'],
      ['200.00 ms', '1.10 ×', '≤ 1.2 ×, met'],
      ['3.00 s', '1.50 ×', ''],
      ['0.25 ×', '', ''],
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
