import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCognito } from '../../../local/cognito/cognito.ts';
import { type TestCloud, removeFolder, resource, testCloud } from '../lambda/cloud.ts';

const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool';

const prepare = (): TestCloud => {
  const cloud = testCloud();
  cloud.add(
    resource('AWS::Cognito::UserPool', 'eu-central-1_Pool', {}),
    resource('AWS::Cognito::UserPoolClient', 'client-1', { UserPoolId: 'eu-central-1_Pool' }),
    resource('AWS::Cognito::UserPoolClient', 'client-2', { UserPoolId: 'eu-central-1_Pool' }),
    resource('AWS::Cognito::UserPoolClient', 'machine-1', {
      UserPoolId: 'eu-central-1_Pool',
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['tailrace/orders.read', 'tailrace/products.read'],
    }),
  );
  onTestFinished(() => removeFolder(cloud.assemblyDir));
  return cloud;
};

const start = async (cloud = prepare()) => {
  const cognito = await startCognito(cloud);
  onTestFinished(async () => await cognito.close());
  return cognito;
};

const verify = async (cognito: Awaited<ReturnType<typeof start>>, token: string) =>
  (
    await jwtVerify(token, createLocalJWKSet(cognito.jwks(ISSUER) ?? { keys: [] }), {
      issuer: ISSUER,
      algorithms: ['RS256'],
    })
  ).payload;

const post = async (address: string, form: Record<string, string> | [string, string][]) => {
  const response = await fetch(`${address}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};

describe('a local user pool', () => {
  it('issues the access tokens of Cognito', async () => {
    const cognito = await start();

    const claims = await verify(
      cognito,
      await cognito.token({ sub: 'u-1', groups: ['staff'], expiresIn: 60 }),
    );

    expect(claims).toMatchObject({
      iss: ISSUER,
      sub: 'u-1',
      'cognito:groups': ['staff'],
      client_id: 'client-1',
      token_use: 'access',
      scope: 'openid',
      username: 'u-1',
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    expect(claims.jti).toBeTypeOf('string');
    expect(claims).not.toHaveProperty('aud');
    expect(claims).not.toHaveProperty('nbf');
  });

  it('leaves the groups out for a user in none, as Cognito does', async () => {
    const cognito = await start();

    expect(await verify(cognito, await cognito.token())).not.toHaveProperty('cognito:groups');
  });

  it('issues them over HTTP to other processes', async () => {
    const cognito = await start();

    const { status, body } = await post(cognito.address, [
      ['grant_type', 'client_credentials'],
      ['sub', 'u-2'],
      ['group', 'staff'],
      ['group', 'customer'],
      ['expires_in', '30'],
      ['client_id', 'client-2'],
    ]);

    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 30, scope: 'openid' });
    expect(await verify(cognito, body['access_token'] ?? '')).toMatchObject({
      sub: 'u-2',
      'cognito:groups': ['staff', 'customer'],
      client_id: 'client-2',
    });
  });

  it.each([
    [{ grant_type: 'client_credentials', client_id: 'nobody' }, /No app client nobody.*client-1, client-2/],
    [{ grant_type: 'client_credentials', groups: 'staff' }, /Unrecognized key: "groups"/],
    [{ grant_type: 'client_credentials', expires_in: 'soon' }, /expires_in/],
    [{ grant_type: 'password', username: 'me' }, /grant_type/],
    [
      { grant_type: 'client_credentials', client_id: 'machine-1', scope: 'tailrace/orders.write' },
      /invalid_scope.*tailrace\/orders\.read/,
    ],
    [{ grant_type: 'client_credentials', client_id: 'machine-1', group: 'staff' }, /no group/],
    [{ grant_type: 'client_credentials', client_id: 'machine-1', sub: 'u-1' }, /no person/],
  ])('refuses the form %j', async (form, reason) => {
    const cognito = await start();

    const { status, body } = await post(cognito.address, form);

    expect(status).toBe(400);
    expect(body['detail']).toMatch(reason);
  });

  it('gives a machine the token of its client: its scopes, no person, no group', async () => {
    const cognito = await start();
    const form = { grant_type: 'client_credentials', client_id: 'machine-1', client_secret: 'x' };

    const [some, all] = [
      await post(cognito.address, { ...form, scope: 'tailrace/orders.read' }),
      await post(cognito.address, form),
    ];

    expect([some.body['scope'], all.body['scope']]).toEqual([
      'tailrace/orders.read',
      'tailrace/orders.read tailrace/products.read',
    ]);
    const claims = await verify(cognito, some.body['access_token'] ?? '');
    expect(claims).toMatchObject({
      sub: 'machine-1',
      client_id: 'machine-1',
      token_use: 'access',
      scope: 'tailrace/orders.read',
    });
    for (const name of ['username', 'cognito:groups', 'event_id']) expect(claims).not.toHaveProperty([name]);
    const direct = await verify(
      cognito,
      await cognito.token({ machine: true, scope: 'tailrace/orders.read' }),
    );
    expect(direct.sub).toBe('machine-1');
  });

  it('gives tokens to many at once, each its own', async () => {
    const cognito = await start();

    const subs = Array.from({ length: 20 }, (_, n) => `u-${n}`);
    const answers = await Promise.all(
      subs.map(async (sub) => await post(cognito.address, { grant_type: 'client_credentials', sub })),
    );

    const claims = await Promise.all(
      answers.map(async ({ body }) => await verify(cognito, body['access_token'] ?? '')),
    );
    expect(claims.map(({ sub }) => sub)).toEqual(subs);
  });

  it('keeps its key over a restart, so tokens stay valid', async () => {
    const cloud = prepare();
    const first = await startCognito(cloud);
    const token = await first.token({ sub: 'u-1' });
    await first.close();

    const second = await start(cloud);

    expect(await verify(second, token)).toMatchObject({ sub: 'u-1' });
  });

  it('publishes public keys only, and only for its own issuer', async () => {
    const cognito = await start();

    expect(cognito.jwks(ISSUER)?.keys[0]).not.toHaveProperty('d');
    expect(cognito.jwks('https://example.com')).toBeUndefined();
  });

  it('says when there is no app client to issue a token for', async () => {
    const cloud = testCloud();
    onTestFinished(() => removeFolder(cloud.assemblyDir));
    const cognito = await start(cloud);

    await expect(cognito.token()).rejects.toThrow('deployed: none');
  });
});
