import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { RESOURCE_SERVER } from '../core/access/grant.ts';
import { groupsOf, scopesOf } from '../core/access/names.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import type { Schema } from '../core/schema/load.ts';

export interface People {
  readonly pool: UserPool;
  /** Where people sign in and clients get tokens. */
  readonly domain: UserPoolDomain;
  /** Signs people in. */
  readonly client: UserPoolClient;
  /** Signs machines in; undefined when nothing is granted to a scope. */
  readonly machine: UserPoolClient | undefined;
}

const userPool = (scope: Construct): UserPool =>
  new UserPool(scope, 'People', {
    signInAliases: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    selfSignUpEnabled: true,
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
    },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });

/**
 * Authorization code for a client without a secret, which therefore has to prove itself with PKCE. Without origins
 * there is nowhere to send people back to, and they sign in by SRP alone.
 */
const signIn = (origins: readonly string[]): Pick<UserPoolClientOptions, 'oAuth' | 'disableOAuth'> =>
  origins.length === 0
    ? { disableOAuth: true }
    : {
        oAuth: {
          flows: { authorizationCodeGrant: true },
          scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
          callbackUrls: origins.map((origin) => `${origin}/callback`),
          logoutUrls: [...origins],
        },
      };

const machineClient = (pool: UserPool, scopes: readonly string[]): UserPoolClient | undefined => {
  if (scopes.length === 0) return undefined;
  const declared = scopes.map(
    (scopeName) =>
      new ResourceServerScope({ scopeName, scopeDescription: `What is granted to ${scopeName}` }),
  );
  const server = pool.addResourceServer('Resources', { identifier: RESOURCE_SERVER, scopes: declared });
  return pool.addClient('Machine', {
    generateSecret: true,
    authFlows: {},
    accessTokenValidity: Duration.hours(1),
    oAuth: {
      flows: { clientCredentials: true },
      scopes: declared.map((one) => OAuthScope.resourceServer(server, one)),
    },
  });
};

/**
 * Who may call the API: a user pool with the groups and scopes that schemas and queries name, a client that signs people in
 * (authorization code with PKCE), one that signs machines in (client credentials), and the domain both use.
 */
export const people = (
  scope: Construct,
  {
    stage,
    schemas,
    queries,
    origins,
  }: {
    stage: string;
    schemas: readonly Schema[];
    queries: readonly SavedQuery[];
    origins: readonly string[];
  },
): People => {
  const pool = userPool(scope);
  for (const groupName of groupsOf(schemas, queries))
    new CfnUserPoolGroup(scope, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
  const client = pool.addClient('Client', {
    authFlows: { userSrp: true },
    preventUserExistenceErrors: true,
    ...signIn(origins),
  });
  const domain = pool.addDomain('Domain', {
    cognitoDomain: { domainPrefix: `tailrace-${stage}-${Aws.ACCOUNT_ID}` },
  });
  return { pool, domain, client, machine: machineClient(pool, scopesOf(schemas, queries)) };
};
