import {
  type JSONWebKeySet,
  type JWTPayload,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from 'jose';
import type { Authorized } from './event.ts';
import type { JwtAuthorizer, Route } from './model.ts';
import { insufficientScope, unauthorized } from './problems.ts';
import type { HttpRequest } from './request.ts';

/** The public keys of an issuer that runs here, the same object each time; undefined for any other issuer. */
export type Jwks = (issuer: string) => JSONWebKeySet | undefined;

/**
 * Checks the token of a request as an HTTP API's JWT authorizer does: signature (RS256), `iss`, `aud` or else `client_id`,
 * `exp`, `nbf`, `iat`, and the route's scopes. Undefined for a route without authorizer; throws a 401 or 403 problem.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export const authorize = async (
  request: RequestHead,
  route: Route,
  jwks: Jwks,
): Promise<Authorized | undefined> => {
  if (!route.authorizer) return undefined;
  const token = tokenOf(request, route.authorizer);
  const claims = await verified(token, route.authorizer, jwks);
  const scopes = scopesOf(claims);
  if (route.scopes.length === 0) return { claims, scopes: null };
  if (!route.scopes.some((scope) => scopes.includes(scope))) throw insufficientScope(route.scopes);
  return { claims, scopes };
};

type RequestHead = Pick<HttpRequest, 'headers' | 'query'>;

const tokenOf = ({ headers, query }: RequestHead, { identitySource }: JwtAuthorizer): string => {
  const { name } = identitySource;
  const inHeader = identitySource.in === 'header';
  const value = inHeader ? headers[name] : (new URLSearchParams(query).get(name) ?? undefined);
  if (!value) {
    const place = inHeader ? `the header "${name}: Bearer <token>"` : `the query parameter "${name}"`;
    throw unauthorized(`The request has no token. Send one in ${place}.`);
  }
  return value.replace(/^bearer\s+/i, '');
};

const verified = async (token: string, authorizer: JwtAuthorizer, jwks: Jwks): Promise<JWTPayload> => {
  const claims = preflight(token, authorizer);
  const keys = jwks(authorizer.issuer);
  if (!keys)
    throw unauthorized(`No user pool with the issuer ${authorizer.issuer} runs here.`, 'invalid_token');
  try {
    await jwtVerify(token, keyResolver(keys), { algorithms: ['RS256'], issuer: authorizer.issuer });
  } catch (error) {
    throw unauthorized(reason(error, claims, authorizer), 'invalid_token');
  }
  return checked(claims, authorizer);
};

/** Importing the keys costs more than checking a signature, so each set is imported once. */
const resolvers = new WeakMap<JSONWebKeySet, ReturnType<typeof createLocalJWKSet>>();

const keyResolver = (keys: JSONWebKeySet) => {
  const resolver = resolvers.get(keys) ?? createLocalJWKSet(keys);
  resolvers.set(keys, resolver);
  return resolver;
};

/** What can be said before the signature is checked: the form of the token, and how it is signed. */
const preflight = (token: string, { issuer }: JwtAuthorizer): JWTPayload => {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg !== 'RS256') {
      throw unauthorized(
        `The token is signed with ${String(alg)}; ${issuer} signs with RS256 only.`,
        'invalid_token',
      );
    }
    if (kid === undefined) {
      throw unauthorized(
        'The token does not say which key signed it: its header has no "kid".',
        'invalid_token',
      );
    }
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw unauthorized(
        'The token is not a JWT: it must be three base64url parts joined by dots.',
        'invalid_token',
      );
    }
    throw error;
  }
};

const reason = (error: unknown, claims: JWTPayload, { issuer }: JwtAuthorizer): string => {
  if (error instanceof errors.JWTExpired)
    return `The token expired at ${instant(claims.exp)}. Get a new one.`;
  if (error instanceof errors.JWKSNoMatchingKey)
    return `The token is signed by a key that ${issuer} does not publish.`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the token does not fit its content.';
  if (!(error instanceof errors.JWTClaimValidationFailed))
    return `The token is not valid: ${(error as Error).message}.`;
  if (error.claim === 'iss')
    return `The token is from ${String(claims.iss)}; this API takes tokens from ${issuer}.`;
  if (error.claim === 'nbf') return `The token is not valid before ${instant(claims.nbf)}.`;
  return `The claim "${error.claim}" of the token is not valid: ${error.message}.`;
};

const checked = (claims: JWTPayload, { audience }: JwtAuthorizer): JWTPayload => {
  if (claims.exp === undefined) throw unauthorized('The token has no "exp" claim.', 'invalid_token');
  if (claims.iat !== undefined && claims.iat > Date.now() / 1000) {
    throw unauthorized(`The token was issued in the future, at ${instant(claims.iat)}.`, 'invalid_token');
  }
  const given = [claims.aud ?? claims['client_id']].flat();
  if (given.some((one) => audience.includes(String(one)))) return claims;
  const text = `The token is for ${given.join(', ') || 'no one'}; this API takes tokens for ${audience.join(', ')}.`;
  throw unauthorized(text, 'invalid_token');
};

const scopesOf = (claims: JWTPayload): readonly string[] => {
  const scope = claims['scope'] ?? claims['scp'];
  if (Array.isArray(scope)) return scope.map(String);
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
};

const instant = (seconds: number | undefined) => new Date((seconds ?? 0) * 1000).toISOString();
