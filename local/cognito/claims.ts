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
}

/** A deployed app client, with the user pool it belongs to. */
export interface Client {
  readonly id: string;
  readonly issuer: string;
}

/** The issuer of a user pool's tokens, as on AWS. */
export const issuerOf = (region: string, poolId: string): string =>
  `https://cognito-idp.${region}.amazonaws.com/${poolId}`;

/** The app clients of all user pools, in the order of the template. */
export const clientsOf = (cloud: Cloud): readonly Client[] =>
  cloud.resources('AWS::Cognito::UserPoolClient').map(({ ref, properties }) => ({
    id: ref,
    issuer: issuerOf(cloud.region, String(properties['UserPoolId'])),
  }));

/**
 * The claims of a Cognito access token.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export const accessTokenClaims = (client: Client, request: TokenRequest, nowSeconds: number) => {
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
