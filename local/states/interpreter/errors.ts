import type { Json } from '../json.ts';

/** Step Functions' limit on a cause, in characters. */
const MAX_CAUSE = 32_768;

/** An error a state reports. It has a name that Retry and Catch can match; Fail may leave it out. */
export class StateError extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;

  constructor(error?: string, reason?: string) {
    super(`${error ?? 'error without a name'}: ${reason ?? ''}`);
    this.error = error;
    this.reason = reason?.slice(0, MAX_CAUSE);
  }
}

/** A JSONata expression, or what it gave, cannot be used; `location` is the path of the field. */
export class QueryError extends Error {
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

export const RUNTIME = 'States.Runtime';
export const TIMEOUT = 'States.Timeout';
export const QUERY = 'States.QueryEvaluationError';
export const DATA_LIMIT = 'States.DataLimitExceeded';
export const TASK_FAILED = 'States.TaskFailed';

/** What `$states.errorOutput` is in a catcher. */
export const errorOutput = ({ error, reason }: StateError): Json => ({
  Error: error ?? '',
  Cause: reason ?? '',
});

const NOT_BY_ALL = new Set([RUNTIME, DATA_LIMIT]);
const NOT_BY_TASK_FAILED = new Set([RUNTIME, DATA_LIMIT, TIMEOUT, QUERY]);

/**
 * Whether a name in ErrorEquals stands for an error. `States.Runtime` ends an execution whatever its handlers say.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const stands = (pattern: string, error: string): boolean => {
  if (error === RUNTIME) return false;
  if (pattern === 'States.ALL') return !NOT_BY_ALL.has(error);
  if (pattern === TASK_FAILED && error !== TASK_FAILED) return !NOT_BY_TASK_FAILED.has(error);
  return pattern === error;
};

/** Whether a retrier or catcher is for an error. */
export const matches = (
  { ErrorEquals }: { ErrorEquals: readonly string[] },
  { error }: StateError,
): boolean => ErrorEquals.some((pattern) => stands(pattern, error ?? ''));
