import type { Cors } from './model.ts';
import type { HttpAnswer } from './answer.ts';

/** Whether a request is the preflight of a browser. */
export const isPreflight = (method: string, headers: Readonly<Record<string, string>>): boolean =>
  method === 'OPTIONS' &&
  headers['origin'] !== undefined &&
  headers['access-control-request-method'] !== undefined;

/** The gateway's own answer to a preflight, which needs no route. */
export const preflightAnswer = (cors: Cors, origin: string | undefined): HttpAnswer => {
  const shared = originHeaders(cors, origin);
  if (!shared) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  return {
    status: 204,
    headers: {
      ...shared,
      ...listHeader('access-control-allow-methods', cors.allowMethods),
      ...listHeader('access-control-allow-headers', cors.allowHeaders),
      ...(cors.maxAge === undefined ? {} : { 'access-control-max-age': String(cors.maxAge) }),
    },
    body: Buffer.alloc(0),
  };
};

/**
 * Sets the CORS headers of an answer. Where the API has a CORS configuration those a function sends are replaced.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export const withCors = (
  answer: HttpAnswer,
  cors: Cors | undefined,
  origin: string | undefined,
): HttpAnswer => {
  if (!cors) return answer;
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const exposed = listHeader('access-control-expose-headers', cors.exposeHeaders);
  const shared = originHeaders(cors, origin);
  return { ...answer, headers: { ...Object.fromEntries(own), ...(shared ? { ...shared, ...exposed } : {}) } };
};

const originHeaders = (cors: Cors, origin: string | undefined): Record<string, string> | undefined => {
  if (origin === undefined) return undefined;
  const credentials: Record<string, string> = cors.allowCredentials
    ? { 'access-control-allow-credentials': 'true' }
    : {};
  if (cors.allowOrigins.includes('*')) return { 'access-control-allow-origin': '*', ...credentials };
  const scheme = `${origin.split('://')[0]}://*`;
  if (!cors.allowOrigins.includes(origin) && !cors.allowOrigins.includes(scheme)) return undefined;
  return { 'access-control-allow-origin': origin, ...credentials };
};

const listHeader = (name: string, values: readonly string[]): Record<string, string> =>
  values.length > 0 ? { [name]: values.join(',') } : {};
