import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../../core/http/problem.ts';
import type { Route } from '../../core/http/routes.ts';
import { permit, type Permission } from './access.ts';

/** The claims of the caller's token, as the authorizer found them. */
export type Claims = Readonly<Record<string, unknown>>;

/** A request of API Gateway's HTTP API, payload 2.0, with what a JWT authorizer adds. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: Claims } } };
};

/** What stands before every path of a request: a stage that is not `$default` is named there. */
export const baseOf = ({ rawPath, requestContext: { stage } }: HttpEvent): string =>
  stage !== '$default' && `${rawPath}/`.startsWith(`/${stage}/`) ? `/${stage}` : '';

/** A request for one route of an entity. */
export interface Call {
  readonly route: Route;
  readonly event: HttpEvent;
  /** Parts of the path by key field, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly claims: Claims;
  /** How far the caller may go. */
  readonly permission: Permission;
}

/** What a route answers: `body` is plain data, undefined for none. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The fields of its records that were asked for; undefined for all. */
  readonly fields?: readonly string[] | undefined;
  /** A body that is text already, of the type its headers name. */
  readonly text?: string;
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

const claimsOf = ({ requestContext }: HttpEvent): Claims => {
  const claims = requestContext.authorizer?.jwt?.claims;
  if (claims) return claims;
  throw new ProblemError(
    'unauthorized',
    'No authorizer has checked a token for this request. Send "authorization: Bearer <token>".',
    { headers: { 'www-authenticate': 'Bearer' } },
  );
};

/**
 * Where a request with a slash too many belongs. API Gateway matches it to no route, so no authorizer has seen it:
 * the client is sent to the route that has one. Undefined for every other request.
 */
export const redirectOf = ({ rawPath, rawQueryString, requestContext }: HttpEvent): Answer | undefined => {
  if (requestContext.authorizer?.jwt?.claims || !rawPath.endsWith('/')) return undefined;
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  return { status: 308, headers: { location: `${rawPath.replace(/\/$/, '')}${query}` } };
};

/**
 * Reads a request of a known route. Throws ProblemError: `unauthorized` when no token was checked on its way here,
 * `forbidden` when the token is not for this route.
 */
export const toCall = (route: Route, event: HttpEvent): Call => {
  const claims = claimsOf(event);
  return { route, event, claims, permission: permit(route, claims), path: pathOf(event) };
};
