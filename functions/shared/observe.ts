import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';

/** What is told of one request. Never a token, a body, a query or a path: they may hold personal data. */
export interface RequestReport {
  readonly requestId: string;
  readonly method: string;
  /** Template of the route, such as `/orders/{id}`. */
  readonly route: string;
  readonly status: number;
  readonly latencyMs: number;
  /** What DynamoDB said it consumed; refused writes tell nothing. */
  readonly capacityUnits: number;
  readonly traceId?: string | undefined;
  readonly problem?: string | undefined;
  readonly fault?: unknown;
}

/** Where reports go. */
export type Observe = (report: RequestReport) => void;

const toError = (fault: unknown): Error => (fault instanceof Error ? fault : new Error(String(fault)));

/** Reports as one structured log line and one metric document each, both by Powertools. */
export const observeWith =
  (logger: Logger, metrics: Metrics): Observe =>
  ({ fault, ...report }) => {
    if (fault === undefined) logger.info('request', report);
    else logger.error('request', { ...report, error: toError(fault) });
    metrics.addDimension('route', `${report.method} ${report.route}`);
    metrics.addMetric('requests', 'Count', 1);
    metrics.addMetric('latency', 'Milliseconds', report.latencyMs);
    metrics.addMetric('capacityUnits', 'Count', report.capacityUnits);
    metrics.addMetric('faults', 'Count', report.status >= 500 ? 1 : 0);
    metrics.publishStoredMetrics();
  };
