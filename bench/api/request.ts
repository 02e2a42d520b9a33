import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { HttpEvent } from '../../functions/api/call.ts';

/** A handler as Lambda calls it. */
export type Handler = (event: HttpEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** A request for a route, and the status it must be answered with. */
export interface Request {
  readonly status: number;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly route: string;
  readonly id?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Call = (request: Request) => Promise<APIGatewayProxyStructuredResultV2>;

/** What a handler asks of Lambda's context. */
const CONTEXT = {
  awsRequestId: '2f1c6c5e-8a0f-4f0e-9f4c-0d6b1f2a3b4c',
  functionName: 'api',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:api',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 10_000,
} as Context;

/** Who calls. */
export const SUBJECT = 'bench';
const STAFF = { sub: SUBJECT, 'cognito:groups': '[staff]' };

/** What API Gateway sends, payload 2.0. */
const eventOf = ({ method, route, id, query = '', headers, body }: Request): HttpEvent => {
  const [routeKey, path] = [`${method} ${route}`, route.replace('{id}', id ?? '')];
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'api.example', 'content-type': 'application/json', accept: '*/*', ...headers },
    isBase64Encoded: false,
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    ...(id === undefined ? {} : { pathParameters: { id } }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      authorizer: { jwt: { claims: STAFF } },
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '22/Nov/2026:13:00:00 +0000',
      timeEpoch: 1_795_352_400_000,
    },
  };
};

/** Calls a handler as Lambda does. The call rejects when the answer is another than expected. */
export const callerOf =
  (handler: Handler): Call =>
  async (request) => {
    const answer = await handler(eventOf(request), CONTEXT);
    if (answer.statusCode === request.status) return answer;
    const { method, route } = request;
    throw new Error(`${method} ${route} was answered ${answer.statusCode}: ${answer.body}`);
  };

/** The record in an answer. */
export const recordOf = ({ body }: APIGatewayProxyStructuredResultV2) =>
  JSON.parse(body ?? '{}') as Readonly<Record<string, unknown>> & { readonly id: string };

/** The handler of a bundle. */
export const loadHandler = async (bundle: string): Promise<Handler> => {
  const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };
  return handler;
};
