import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { observeWith, requestLine, type RequestReport } from '../../../functions/shared/observe.ts';

const report: RequestReport = {
  requestId: 'r1',
  method: 'GET',
  route: '/orders/{id}',
  status: 200,
  latencyMs: 1.5,
  capacityUnits: 1,
};
const NOW = Date.UTC(2026, 10, 22);

describe('the line of a request', () => {
  it('is a log line', () => {
    expect(requestLine('api', { ...report, problem: 'not-found', traceId: '1-a-b' }, NOW)).toMatchObject({
      level: 'INFO',
      message: 'request',
      timestamp: '2026-11-22T00:00:00.000Z',
      service: 'api',
      ...report,
      problem: 'not-found',
      traceId: '1-a-b',
    });
  });

  it('is the metric document Powertools would write beside it', () => {
    const metrics = new Metrics({ namespace: 'Tailrace', serviceName: 'api' });
    metrics.addDimensions({ method: 'GET', route: '/orders/{id}' });
    metrics.addMetric('requests', 'Count', 1);
    metrics.addMetric('faults', 'Count', 0);
    metrics.addMetric('latencyMs', 'Milliseconds', 1.5);
    metrics.addMetric('capacityUnits', 'Count', 1);
    metrics.setTimestamp(Date.now());
    const { _aws: theirs, ...members } = metrics.serializeMetrics();

    const { _aws: ours, ...line } = requestLine('api', report, theirs.Timestamp);

    expect(ours).toEqual(theirs);
    expect(line).toMatchObject(members);
  });

  it('counts our faults, and no mistake of a client', () => {
    const faults = [200, 404, 500, 503].map(
      (status) => requestLine('api', { ...report, status }, NOW).faults,
    );

    expect(faults).toEqual([0, 0, 1, 1]);
  });
});

describe('observing', () => {
  const observed = (one: RequestReport) => {
    const [lines, faults]: [string[], unknown[]] = [[], []];
    const logger = { error: (...said: unknown[]) => faults.push(said) };
    observeWith('api', logger, (line) => lines.push(line))(one);
    return { lines, faults };
  };

  it('writes one line of JSON, and nothing of what is not there', () => {
    const { lines, faults } = observed(report);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(Object.keys(JSON.parse(lines[0]!))).not.toContain('problem');
    expect(faults).toEqual([]);
  });

  it('logs a fault of ours with its stack, found by the request id', () => {
    const fault = new Error('broken');

    const { lines, faults } = observed({ ...report, status: 500, fault });

    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'ERROR', status: 500, faults: 1 });
    expect(lines[0]).not.toContain('broken');
    expect(faults).toEqual([['fault', { requestId: 'r1', error: fault }]]);
  });
});
