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

describe('what is written', () => {
  const written = (one: RequestReport): string => {
    const lines: string[] = [];
    observeWith('api', (line) => lines.push(line))(one);
    return lines.join('');
  };

  it('is one line of JSON, with nothing of what is not there', () => {
    const text = written(report);

    expect(text).toMatch(/^\{.*\}\n$/);
    expect(Object.keys(JSON.parse(text))).not.toContain('problem');
    expect(Object.keys(JSON.parse(text))).not.toContain('error');
  });

  it('tells a fault of ours with its stack and what caused it', () => {
    const fault = new TypeError('broken', { cause: new Error('unplugged') });

    const text = written({ ...report, status: 500, fault });

    expect(text.split('\n')).toHaveLength(2);
    expect(JSON.parse(text)).toMatchObject({
      level: 'ERROR',
      faults: 1,
      error: {
        name: 'TypeError',
        message: 'broken',
        stack: expect.stringContaining('observe.test.ts'),
        cause: { name: 'Error', message: 'unplugged' },
      },
    });
  });

  it('tells a fault that is no error, or its own cause', () => {
    const circular = new Error('round');
    circular.cause = circular;

    expect(JSON.parse(written({ ...report, status: 500, fault: 'odd' }))).toMatchObject({
      error: { message: 'odd' },
    });
    expect(written({ ...report, status: 500, fault: circular })).toContain('round');
  });
});
