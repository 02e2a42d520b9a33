import type { HttpAnswer } from './answer.ts';

/** A refusal of the gateway itself. `message` is what AWS answers, `detail` says what is wrong and what to do. */
export class GatewayProblem extends Error {
  readonly status: number;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(MESSAGES[status] ?? 'Internal Server Error');
    this.name = 'GatewayProblem';
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/** The `message` API Gateway sends with each status. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** A problem document (RFC 9457) that also has the `message` member of AWS's answer. */
export const problemAnswer = (problem: GatewayProblem, requestId: string): HttpAnswer => ({
  status: problem.status,
  headers: { ...problem.headers, 'content-type': 'application/problem+json' },
  body: Buffer.from(
    JSON.stringify({
      type: 'about:blank',
      title: problem.message,
      status: problem.status,
      detail: problem.detail,
      message: problem.message,
      requestId,
    }),
  ),
});

/** 401: no token, or one that does not hold. */
export const unauthorized = (detail: string, error?: 'invalid_token'): GatewayProblem => {
  const description = detail.replaceAll(/["\\]/g, "'");
  const challenge = error ? `Bearer scope="" error="${error}" error_description="${description}"` : 'Bearer';
  return new GatewayProblem(401, detail, { 'www-authenticate': challenge });
};

/** 403: the token has none of the scopes the route asks for. */
export const insufficientScope = (scopes: readonly string[]): GatewayProblem => {
  const detail = `The token has none of the scopes this route asks for: ${scopes.join(', ')}. Get one that has.`;
  return new GatewayProblem(403, detail, {
    'www-authenticate': `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="${detail}"`,
  });
};
