import httpRouter, { type Method as RouterMethod } from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ProblemError } from '../../core/http/problem.ts';
import { baseOf, type Answer, type HttpEvent } from './call.ts';

/** A route and its work. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly work: (event: HttpEvent) => Promise<Answer>;
}

/** An answer and the template of the route that gave it. */
export interface Routed {
  readonly route: string;
  answer(): Promise<Answer>;
}

type Handle = (event: HttpEvent) => Routed;
type RouterHandler = (event: HttpEvent, context: Context, options: object) => Routed;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const;

const routeTo =
  ({ path, work }: Endpoint): Handle =>
  (event) => ({ route: path, answer: () => work(event) });

/** What a path takes, for who asks. A browser's preflight is such a question; the gateway adds its CORS headers. */
const options =
  (path: string, methods: readonly string[]): Handle =>
  () => ({ route: path, answer: async () => ({ status: 204, headers: { allow: methods.join(', ') } }) });

const refuse =
  (path: string, methods: readonly string[]): Handle =>
  (event) => ({
    route: path,
    answer: () => {
      const allow = methods.join(', ');
      throw new ProblemError(
        'method-not-allowed',
        `${path} does not take ${event.requestContext.http.method}. It takes ${allow}.`,
        { headers: { allow } },
      );
    },
  });

const nowhere: Handle = () => ({
  route: '$default',
  answer: () => {
    throw new ProblemError(
      'no-such-route',
      'Nothing is served at this path. GET /openapi.json lists what is.',
    );
  },
});

const withHead = (endpoints: readonly Endpoint[]): Endpoint[] =>
  endpoints.flatMap((endpoint) =>
    endpoint.method === 'GET' ? [endpoint, { ...endpoint, method: 'HEAD' }] : [endpoint],
  );

const handlersOf = (
  endpoints: readonly Endpoint[],
  elsewhere: readonly Pick<Endpoint, 'method' | 'path'>[],
): { method: string; path: string; handler: Handle }[] => {
  const byPath = Object.groupBy([...endpoints, ...elsewhere], ({ path }) => path);
  const refusals = Object.entries(byPath).flatMap(([path, group = []]) => {
    const taken = [...group.map(({ method }) => method), 'OPTIONS'];
    return METHODS.filter((method) => method === 'OPTIONS' || !taken.includes(method)).map((method) => ({
      method,
      path,
      handler: method === 'OPTIONS' ? options(path, taken) : refuse(path, taken),
    }));
  });
  return [...endpoints.map((endpoint) => ({ ...endpoint, handler: routeTo(endpoint) })), ...refusals];
};

/** The router goes by this path, and knows no stage. */
const withoutStage = (event: HttpEvent): HttpEvent => {
  const base = baseOf(event);
  const { requestContext } = event;
  const http = { ...requestContext.http, path: event.rawPath.slice(base.length) || '/' };
  return base === '' ? event : { ...event, requestContext: { ...requestContext, http } };
};

/**
 * Finds the endpoint of a request: by the route API Gateway matched, else by method and path, so that a trailing
 * slash, HEAD and a wrong method are answered too. `elsewhere` names routes another function serves.
 */
export const router = (
  endpoints: readonly Endpoint[],
  elsewhere: readonly Pick<Endpoint, 'method' | 'path'>[],
): ((event: HttpEvent) => Routed) => {
  const all = withHead(endpoints);
  const matched = new Map(all.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, routeTo(endpoint)]));
  const makeRouter = (): RouterHandler => {
    const routes = handlersOf(all, elsewhere).map(({ method, path, handler }) => ({
      method: method as RouterMethod,
      path,
      handler: handler as never,
    }));
    return httpRouter<HttpEvent, APIGatewayProxyStructuredResultV2>({
      routes,
      notFoundResponse: nowhere as never,
    }) as unknown as RouterHandler;
  };
  let find: RouterHandler | undefined;
  return (event) =>
    matched.get(event.routeKey)?.(event) ?? (find ??= makeRouter())(withoutStage(event), {} as Context, {});
};
