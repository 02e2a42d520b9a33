import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Route } from '../../core/http/routes.ts';

/** The claims of the caller's token, as the authorizer found them. */
export type Claims = Readonly<Record<string, unknown>>;

/** A request of API Gateway's HTTP API, payload 2.0, with what a JWT authorizer adds. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: Claims } } };
};

/** A request for one route of an entity. */
export interface Call {
  readonly route: Route;
  readonly event: HttpEvent;
  /** Parts of the path by key field, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly claims: Claims;
}

/** What a route answers: `body` is plain data, undefined for none. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** API Gateway decodes the parameters of the routes it knows; those of `$default` are cut from the path as they are. */
const pathOf = (event: HttpEvent): Record<string, string> => {
  const isDecoded = event.routeKey !== '$default';
  return Object.fromEntries(
    Object.entries(event.pathParameters ?? {}).map(([name, text = '']) => [
      name,
      isDecoded ? text : decode(text),
    ]),
  );
};

/** Reads a request of a known route. */
export const toCall = (route: Route, event: HttpEvent): Call => ({
  route,
  event,
  path: pathOf(event),
  claims: event.requestContext.authorizer?.jwt?.claims ?? {},
});
