import { PROBLEM_TYPE, problem, ProblemError, PROBLEMS } from '../../core/http/problem.ts';

/** An answer before it is made text. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The code, for the log. */
  readonly problem: string;
  /** What went wrong on our side; for the log alone. */
  readonly fault?: unknown;
}

const internal = (cause: unknown): ProblemError =>
  new ProblemError(
    'internal',
    'The fault is ours and has been logged. Name the request id when you report it.',
    {
      cause,
    },
  );

/**
 * What the client is told of an error. Anything but a ProblemError is our fault: told without its inside.
 *
 * @example
 * problemAnswer(new ProblemError('not-found', 'There is no order "o1".'), { instance: '/orders/o1', requestId })
 */
export const problemAnswer = (
  error: unknown,
  { instance, requestId }: { instance: string; requestId: string },
): ProblemAnswer => {
  const known = error instanceof ProblemError ? error : internal(error);
  const details = { instance, requestId, ...(known.errors ? { errors: known.errors } : {}) };
  return {
    status: PROBLEMS[known.code].status,
    headers: { 'content-type': PROBLEM_TYPE, ...known.headers },
    body: problem(known.code, known.message, details),
    problem: known.code,
    ...(PROBLEMS[known.code].status >= 500 ? { fault: known.cause ?? known } : {}),
  };
};
