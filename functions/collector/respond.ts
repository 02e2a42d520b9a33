import { problem, PROBLEM_TYPE, ProblemError } from '../../core/http/problem.ts';

/** An answer as an HTTP API takes it from a function. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An answer that says something in JSON, and which request it is of. */
export const answer = (statusCode: number, body: unknown, requestId: string): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'x-request-id': requestId },
  body: JSON.stringify(body),
});

/** The problem document of whatever was thrown. What is no ProblemError is our fault, and its text stays here. */
export const answerProblem = (error: unknown, requestId: string): Answer => {
  const known =
    error instanceof ProblemError
      ? error
      : new ProblemError('internal', `Report the request id ${requestId} to whoever runs this.`);
  const errors = known.errors === undefined ? {} : { errors: known.errors };
  const document = problem(known.code, known.message, { ...errors, instance: '/events', requestId });
  return {
    statusCode: document.status,
    headers: { ...known.headers, 'content-type': PROBLEM_TYPE, 'x-request-id': requestId },
    body: JSON.stringify(document),
  };
};
