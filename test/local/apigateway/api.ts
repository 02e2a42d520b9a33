import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT, importJWK } from 'jose';
import { onTestFinished } from 'vitest';
import { startHttpApi } from '../../../local/apigateway/http-api.ts';
import { startCognito } from '../../../local/cognito/cognito.ts';
import { startLambda } from '../../../local/lambda/functions.ts';
import type { Resource } from '../../../local/service.ts';
import {
  type TestCloud,
  addFunction,
  credentialsFor,
  functionArn,
  removeFolder,
  resource,
  testCloud,
} from '../lambda/cloud.ts';

export const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool';
export const CLIENT = 'client-1';

export interface Options {
  readonly source?: string;
  readonly api?: Resource['properties'];
  readonly integration?: Resource['properties'];
  readonly functionProperties?: Resource['properties'];
  /** Route key to properties; `secured` gives them the JWT authorizer. */
  readonly routes?: Readonly<Record<string, Resource['properties']>>;
  readonly stage?: string;
  readonly stageProperties?: Resource['properties'];
  /** What follows the account in the SourceArn of the function's permission. */
  readonly permitted?: string;
}

export const secured = { AuthorizationType: 'JWT', AuthorizerId: 'auth1' };

const ECHO = 'export const handler = async (event) => event';

const addApi = (cloud: TestCloud, options: Options) => {
  cloud.add(
    resource('AWS::Cognito::UserPool', 'eu-central-1_Pool', {}),
    resource('AWS::Cognito::UserPoolClient', CLIENT, { UserPoolId: 'eu-central-1_Pool' }),
    resource('AWS::ApiGatewayV2::Api', 'api1', { Name: 'Store', ProtocolType: 'HTTP', ...options.api }),
    resource('AWS::ApiGatewayV2::Stage', 'stage', {
      ApiId: 'api1',
      StageName: options.stage ?? '$default',
      AutoDeploy: true,
      ...options.stageProperties,
    }),
    resource('AWS::ApiGatewayV2::Integration', 'integ1', {
      ApiId: 'api1',
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn('api'),
      PayloadFormatVersion: '2.0',
      ...options.integration,
    }),
    resource('AWS::ApiGatewayV2::Authorizer', 'auth1', {
      ApiId: 'api1',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: ISSUER, Audience: [CLIENT] },
    }),
  );
  cloud.add(
    resource('AWS::Lambda::Permission', 'permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: functionArn('api'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:eu-central-1:123456789012:${options.permitted ?? 'api1/*/*'}`,
    }),
  );
  for (const [RouteKey, properties] of Object.entries(options.routes ?? { 'ANY /{proxy+}': {} })) {
    cloud.add(
      resource('AWS::ApiGatewayV2::Route', RouteKey, {
        ApiId: 'api1',
        RouteKey,
        Target: 'integrations/integ1',
        ...properties,
      }),
    );
  }
};

/** A running HTTP API over one function, which echoes its event unless told otherwise. Close it when done. */
export const prepareFor = async (options: Options = {}) => {
  const cloud = testCloud();
  await addFunction(cloud, 'api', options.source ?? ECHO, options.functionProperties);
  addApi(cloud, options);
  const functions = startLambda(cloud, { credentialsFor });
  const cognito = await startCognito(cloud);
  const api = await startHttpApi(cloud, { functions, jwks: cognito.jwks, port: 0 });
  if (!api) throw new Error('No HTTP API started.');
  const close = async (): Promise<void> => {
    await api.close();
    await Promise.all([functions.close(), cognito.close()]);
    removeFolder(cloud.assemblyDir);
  };
  return { cloud, cognito, functions, address: api.address, sign: signer(cloud), close };
};

/** A running HTTP API for one test. */
export const prepare = async (options: Options = {}) => {
  const prepared = await prepareFor(options);
  onTestFinished(prepared.close);
  return prepared;
};

/** Signs any claims with the key of the local user pool, under the header it has or another. */
const signer =
  (cloud: TestCloud) =>
  async (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> => {
    const key = JSON.parse(readFileSync(join(cloud.dataDir, 'cognito', 'key.json'), 'utf8')) as JWK;
    const { kid = '' } = key;
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid, ...header })
      .sign(await importJWK(key, 'RS256'));
  };
