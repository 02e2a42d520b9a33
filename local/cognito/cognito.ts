import { AssertionError } from 'node:assert';
import type { JSONWebKeySet } from 'jose';
import { Events, OAuth2Server } from 'oauth2-mock-server';
import type { Cloud } from '../service.ts';
import {
  type Client,
  type TokenRequest,
  accessTokenClaims,
  clientsOf,
  issuerOf,
  tokenRequest,
} from './claims.ts';
import { signingKey } from './keys.ts';

/** The local user pools: an OAuth 2 server on loopback that issues Cognito access tokens. */
export interface Cognito {
  /** Such as `http://127.0.0.1:49152`. */
  readonly address: string;
  /** An access token; throws when no app client is deployed, or none with that id. */
  token(request?: TokenRequest): Promise<string>;
  /** The public keys of a deployed user pool's issuer; undefined for any other issuer. */
  readonly jwks: (issuer: string) => JSONWebKeySet | undefined;
  close(): Promise<void>;
}

/**
 * Runs the `AWS::Cognito::UserPool` resources. Any process gets a token with a form:
 * `POST {address}/token` with `grant_type=client_credentials` and, each optional, `sub`, `group` (repeatable),
 * `scope`, `expires_in` (seconds), `client_id`; the answer is `{ access_token, token_type, expires_in, scope }`, or a
 * problem document with status 400.
 *
 * @example
 * const cognito = await startCognito(cloud);
 * const token = await cognito.token({ sub: 'u-1', groups: ['staff'] });
 * // curl -d grant_type=client_credentials -d sub=u-1 -d group=staff {address}/token
 */
export const startCognito = async (cloud: Cloud): Promise<Cognito> => {
  const clients = clientsOf(cloud);
  const pools = cloud.resources('AWS::Cognito::UserPool');
  const issuers = new Set(pools.map(({ ref }) => issuerOf(cloud.region, ref)));
  const server = new OAuth2Server();
  await server.issuer.keys.add(await signingKey(cloud.dataDir));
  answerForms(server, clients);
  await server.start(0, '127.0.0.1');
  const keys: JSONWebKeySet = { keys: server.issuer.keys.toJSON() };
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    token: async (request = {}) => {
      const claims = claimsFor(clients, request);
      return await server.issuer.buildToken({
        scopesOrTransform: (_header, payload) => replace(payload, claims),
      });
    },
    jwks: (issuer) => (issuers.has(issuer) ? keys : undefined),
    close: async () => await server.stop(),
  };
};

const answerForms = (server: OAuth2Server, clients: readonly Client[]) => {
  server.service.on(Events.BeforeTokenSigning, (token: { payload: object }, request: { body: unknown }) => {
    replace(
      token.payload,
      badRequest(() => claimsFor(clients, tokenRequest(request.body))),
    );
  });
  server.service.on(
    Events.BeforeResponse,
    ({ body }: { body: Record<string, unknown> }, request: { body: unknown }) => {
      const asked = tokenRequest(request.body);
      const { scope } = claimsFor(clients, asked);
      Object.assign(body, { expires_in: asked.expiresIn ?? 3600, scope });
    },
  );
};

const replace = (payload: object, claims: object) => {
  for (const name of Object.keys(payload)) Reflect.deleteProperty(payload, name);
  Object.assign(payload, claims);
};

const claimsFor = (clients: readonly Client[], request: TokenRequest) =>
  accessTokenClaims(clientFor(clients, request), request, Math.floor(Date.now() / 1000));

/** The client that is named; else the first, or the first of machines. */
const clientFor = (clients: readonly Client[], { clientId, machine = false }: TokenRequest): Client => {
  const client = clients.find(({ id, machineScopes }) =>
    clientId === undefined ? (machineScopes !== undefined) === machine : id === clientId,
  );
  if (client) return client;
  const known = clients.map(({ id }) => id).join(', ') || 'none';
  throw new Error(
    `No app client ${clientId ?? (machine ? 'for machines' : 'for people')} of a Cognito user pool is deployed; deployed: ${known}.`,
  );
};

// The server answers 400 with the message of an AssertionError, and 500 to anything else.
const badRequest = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw new AssertionError({ message: (error as Error).message });
  }
};
