import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Cloud } from '../service.ts';

/** What a caller may say about the token it wants. */
export interface TokenRequest {
  /** The user's id; default a new one. */
  readonly sub?: string | undefined;
  /** Groups of the user pool the user is in. */
  readonly groups?: readonly string[] | undefined;
  /** Seconds until it expires, negative for one that already has. Default 3600. */
  readonly expiresIn?: number | undefined;
  /** Scopes, separated by spaces. Default `openid`. */
  readonly scope?: string | undefined;
  /** A client of the user pool, by its id. Default the first one deployed. */
  readonly clientId?: string | undefined;
  /** True for the first client of machines, where no client is named. */
  readonly machine?: boolean | undefined;
}

/** A deployed app client, with the user pool it belongs to. */
export interface Client {
  readonly id: string;
  readonly issuer: string;
  /** For a client of machines (client credentials): the scopes it may have. */
  readonly machineScopes?: readonly string[] | undefined;
}

/** The issuer of a user pool's tokens, as on AWS. */
export const issuerOf = (region: string, poolId: string): string =>
  `https://cognito-idp.${region}.amazonaws.com/${poolId}`;

/** The app clients of all user pools, in the order of the template. */
export const clientsOf = (cloud: Cloud): readonly Client[] =>
  cloud.resources('AWS::Cognito::UserPoolClient').map(({ ref, properties }) => ({
    id: ref,
    issuer: issuerOf(cloud.region, String(properties['UserPoolId'])),
    machineScopes: machineScopesOf(properties),
  }));

const machineScopesOf = (properties: Readonly<Record<string, unknown>>): readonly string[] | undefined => {
  const { AllowedOAuthFlows: flows, AllowedOAuthScopes: scopes } = properties;
  if (!Array.isArray(flows) || !flows.includes('client_credentials')) return undefined;
  return Array.isArray(scopes) ? scopes.map(String) : [];
};

/** What a machine asked for, or all it may have. Throws a text for a scope it may not have. */
const grantedScopes = (allowed: readonly string[], asked: string | undefined): string => {
  const wanted = asked?.split(' ').filter(Boolean) ?? allowed;
  const foreign = wanted.find((scope) => !allowed.includes(scope));
  if (foreign === undefined) return wanted.join(' ');
  throw new Error(
    `invalid_scope: the client may not have "${foreign}". It may have ${allowed.join(', ') || 'none'}.`,
  );
};

/**
 * The claims of the access token a machine gets for its client credentials: its subject is the client, and it has no
 * groups.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
const machineClaims = (
  { id, issuer, machineScopes = [] }: Client,
  { sub, groups = [], scope, expiresIn = 3600 }: TokenRequest,
  nowSeconds: number,
) => {
  if (sub !== undefined || groups.length > 0)
    throw new Error(
      `The client ${id} is for machines: its tokens have no person and no group. Leave out sub and group.`,
    );
  return {
    sub: id,
    token_use: 'access',
    scope: grantedScopes(machineScopes, scope),
    auth_time: nowSeconds,
    iss: issuer,
    exp: nowSeconds + expiresIn,
    iat: Math.min(nowSeconds, nowSeconds + expiresIn),
    version: 2,
    jti: randomUUID(),
    client_id: id,
  };
};

const personClaims = (client: Client, request: TokenRequest, nowSeconds: number) => {
  const sub = request.sub ?? randomUUID();
  return {
    sub,
    ...(request.groups && request.groups.length > 0 ? { 'cognito:groups': [...request.groups] } : {}),
    iss: client.issuer,
    client_id: client.id,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: request.scope ?? 'openid',
    auth_time: nowSeconds,
    exp: nowSeconds + (request.expiresIn ?? 3600),
    iat: Math.min(nowSeconds, nowSeconds + (request.expiresIn ?? 0)),
    jti: randomUUID(),
    username: sub,
  };
};

/**
 * The claims of a Cognito access token: of a machine for a client of machines, else of a person. Throws a text that
 * says what the client may not have.
 */
export const accessTokenClaims = (client: Client, request: TokenRequest, nowSeconds: number) =>
  client.machineScopes === undefined
    ? personClaims(client, request, nowSeconds)
    : machineClaims(client, request, nowSeconds);

const many = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((value) => [value].flat());

const formSchema = z
  .strictObject({
    grant_type: z.literal('client_credentials'),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
    scope: z.string().optional(),
    sub: z.string().min(1).optional(),
    group: many,
    expires_in: z.coerce.number().int().optional(),
  })
  .transform(({ client_id: clientId, expires_in: expiresIn, group, scope, sub }) => ({
    sub,
    groups: group,
    expiresIn,
    scope,
    clientId,
  }));

/** Reads the form of a token request; throws a text that names each wrong field. */
export const tokenRequest = (form: unknown): TokenRequest => {
  const parsed = formSchema.safeParse(form);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
};
