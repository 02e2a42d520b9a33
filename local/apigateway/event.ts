import { isUtf8 } from 'node:buffer';
import type { Match } from './match.ts';
import type { HttpRequest } from './request.ts';

/** What the authorizer found in the token. */
export interface Authorized {
  readonly claims: Readonly<Record<string, unknown>>;
  /** The scopes of the token where the route asks for scopes, else null. */
  readonly scopes: readonly string[] | null;
}

export interface EventOptions {
  readonly apiId: string;
  readonly account: string;
  readonly region: string;
  readonly stage: string;
  readonly authorized: Authorized | undefined;
}

/** What API Gateway takes for text. Any other body, and one of no named type, arrives in base64. */
const TEXT_TYPE = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

/** Headers of the connection, not of the request: API Gateway hands none of them on. */
const OF_CONNECTION = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The event of payload format 2.0. As on AWS the path arrives decoded and ends at a decoded question mark.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const proxyEvent = (request: HttpRequest, { route, pathParameters }: Match, options: EventOptions) => {
  const path = decodedPath(request.path);
  const query = queryParameters(request.query);
  const host = `${options.apiId}.execute-api.${options.region}.amazonaws.com`;
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.query,
    ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
    headers: forwarded(request),
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: options.account,
      apiId: options.apiId,
      ...(options.authorized ? { authorizer: { jwt: jwtContext(options.authorized) } } : {}),
      domainName: host,
      domainPrefix: options.apiId,
      http: {
        method: request.method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.id,
      routeKey: route.key,
      stage: options.stage,
      time: commonLogTime(request.time),
      timeEpoch: request.time.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...bodyOf(request),
  };
};

const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path).split('?')[0] ?? path;
  } catch {
    return path;
  }
};

const queryParameters = (query: string): Record<string, string> => {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  }
  return parameters;
};

const forwarded = ({ headers, sourceIp, time, body }: HttpRequest) => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name))),
  'content-length': String(body.length),
  'x-amzn-trace-id':
    headers['x-amzn-trace-id'] ??
    `Root=1-${Math.floor(time.getTime() / 1000).toString(16)}-${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`,
  'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sourceIp}` : sourceIp,
  'x-forwarded-port': headers['host']?.split(':')[1] ?? '80',
  'x-forwarded-proto': 'http',
});

const bodyOf = ({ body, headers }: HttpRequest) => {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const text = isText && isUtf8(body);
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text };
};

/** Claims as API Gateway hands them on: every value is a string, a list is `[a b]`. */
const jwtContext = ({ claims, scopes }: Authorized) => ({
  claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)])),
  scopes,
});

const claimText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `map[${Object.entries(value)
    .map(([name, inner]) => `${name}:${claimText(inner)}`)
    .join(' ')}]`;
};

/** Such as `12/Mar/2026:19:03:58 +0000`. */
const commonLogTime = (time: Date): string => {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
};
