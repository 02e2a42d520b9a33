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

/** As deep as causes of causes are followed. */
const CAUSES = 5;

const errorOf = (fault: unknown, depth = CAUSES): object => {
  if (!(fault instanceof Error)) return { message: String(fault) };
  const { name, message, stack, cause } = fault;
  return {
    name,
    message,
    stack,
    ...(cause === undefined || depth === 0 ? {} : { cause: errorOf(cause, depth - 1) }),
  };
};

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
  ...(fault === undefined ? {} : { error: errorOf(fault) }),
  requests: 1,
  faults: report.status >= 500 ? 1 : 0,
  _aws: { Timestamp: now, CloudWatchMetrics: METRICS },
});

/** Writes the line of each request. Each counts, so no log level holds one back. */
export const observeWith =
  (service: string, write: (line: string) => unknown): Observe =>
  (report) => {
    write(`${JSON.stringify(requestLine(service, report, Date.now()))}\n`);
  };
