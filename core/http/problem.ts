import type { Issue } from '../schema/issues.ts';

/** Every way a request can fail: the last part of the problem's `type`, its HTTP status and its title. */
export const PROBLEMS = {
  'validation-failed': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'no-index': { status: 400, title: 'No index answers this question' },
  'bad-cursor': { status: 400, title: 'The cursor does not fit this list' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  'not-found': { status: 404, title: 'There is no such record' },
  'no-such-route': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  conflict: { status: 409, title: 'The record was changed at the same time' },
  'already-exists': { status: 409, title: 'There is such a record already' },
  'still-referenced': { status: 409, title: 'Other records refer to this one' },
  'not-unique': { status: 409, title: 'Another record has this value' },
  'out-of-stock': { status: 409, title: 'There is less than was asked for' },
  'illegal-move': { status: 409, title: 'The state of the record does not allow this' },
  'precondition-failed': { status: 412, title: 'The record is of another version' },
  'idempotency-mismatch': { status: 422, title: 'The idempotency key belongs to another request' },
  'too-large': { status: 413, title: 'The record is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of another type than JSON' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Try again in a moment' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One wrong thing in a request: in its body (`pointer`, RFC 6901) or in its query (`parameter`). */
export type ProblemIssue = Issue | { readonly parameter: string; readonly message: string };

/** What the client is told, besides the code. */
export interface ProblemDetails {
  readonly errors?: readonly ProblemIssue[];
  readonly instance?: string;
  readonly requestId?: string;
}

/** A problem document (RFC 9457). */
export interface ProblemBody extends ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** The media type of problem documents. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The `type` of a problem: `urn:tailrace:problem:not-found`. */
export const problemUri = (code: ProblemCode): string => `urn:tailrace:problem:${code}`;

/**
 * The problem document of a code. `detail` says what is wrong with this request and what to do about it.
 *
 * @example
 * problem('not-found', 'There is no order "o1".', { instance: '/orders/o1' }).status // 404
 */
export const problem = (
  code: ProblemCode,
  detail: string,
  { errors, instance, requestId }: ProblemDetails = {},
): ProblemBody => ({
  type: problemUri(code),
  title: PROBLEMS[code].title,
  status: PROBLEMS[code].status,
  detail,
  ...(instance === undefined ? {} : { instance }),
  ...(errors === undefined ? {} : { errors }),
  ...(requestId === undefined ? {} : { requestId }),
});

/** A request that cannot be answered as asked. Thrown anywhere, answered in one place. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly ProblemIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      errors?: readonly ProblemIssue[];
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** More are left out, so that a hostile request does not make a larger answer. */
const MAX_ERRORS = 100;

const countOf = (errors: readonly ProblemIssue[]): string => {
  if (errors.length === 1) return 'One thing is wrong with it.';
  const named = errors.length > MAX_ERRORS ? `; the first ${MAX_ERRORS} are named` : '';
  return `${errors.length} things are wrong with it${named}.`;
};

/** A 400 that names every wrong thing, up to a hundred. */
export const invalid = (errors: readonly ProblemIssue[]): ProblemError =>
  new ProblemError('validation-failed', countOf(errors), { errors: errors.slice(0, MAX_ERRORS) });
