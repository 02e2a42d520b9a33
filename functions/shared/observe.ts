import type { Logger } from '@aws-lambda-powertools/logger';

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

/** CloudWatch makes metrics of every document that has these members beside `_aws`. */
const METRICS = [
  {
    Namespace: 'Tailrace',
    Dimensions: [['service', 'method', 'route']],
    Metrics: [
      { Name: 'requests', Unit: 'Count' },
      { Name: 'faults', Unit: 'Count' },
      { Name: 'latencyMs', Unit: 'Milliseconds' },
      { Name: 'capacityUnits', Unit: 'Count' },
    ],
  },
];

/**
 * What is written of a request: a structured log line and, in the embedded metric format, its metric document in one.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @example
 * requestLine('api', { requestId, method: 'GET', route: '/orders/{id}', status: 200, … }, Date.now());
 */
export const requestLine = (service: string, { fault, ...report }: RequestReport, now: number) => ({
  level: fault === undefined ? 'INFO' : 'ERROR',
  message: 'request',
  timestamp: new Date(now).toISOString(),
  service,
  ...report,
  requests: 1,
  faults: report.status >= 500 ? 1 : 0,
  _aws: { Timestamp: now, CloudWatchMetrics: METRICS },
});

/** Writes the line of each request, whatever the log level, as it counts; what went wrong on our side goes to the log. */
export const observeWith =
  (service: string, logger: Pick<Logger, 'error'>, write: (line: string) => unknown): Observe =>
  (report) => {
    if (report.fault !== undefined)
      logger.error('fault', { requestId: report.requestId, error: toError(report.fault) });
    write(`${JSON.stringify(requestLine(service, report, Date.now()))}\n`);
  };
