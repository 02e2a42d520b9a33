import { AthenaClient, ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from 'vitest';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';
import { jsonProtocol } from '../../../local/gateway/json.ts';
import { openPrincipals } from '../../../local/iam/principals.ts';
import type { Cloud, Resource, Service } from '../../../local/service.ts';
import { startSts } from '../../../local/sts/service.ts';
import { serveServices } from '../serve.ts';

const cloud = { account: '123456789012' } as Cloud;
let gateway: Gateway | undefined;

afterEach(() => gateway?.close());

const client = (endpoint: string, accessKeyId = 'somebody') => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'secret' },
});

const athena: Service = {
  name: 'athena',
  handle: jsonProtocol({
    ListWorkGroups: (_input, call) => {
      call.authorize('athena:ListWorkGroups', '*');
      return { WorkGroups: [] };
    },
  }),
  close: async () => {},
};

const role = (statement: object): Resource => ({
  stack: 'app',
  logicalId: 'Role',
  type: 'AWS::IAM::Role',
  ref: 'app-Role',
  attributes: { Arn: 'arn:aws:iam::123456789012:role/app-Role' },
  properties: { Policies: [{ PolicyDocument: { Statement: [statement] } }] },
  metadata: {},
});

describe('the endpoint', () => {
  test('tells an SDK who it is', async () => {
    gateway = await serveServices([startSts(cloud)]);
    const identity = await new STSClient(client(gateway.address)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/local' });
  });

  test('refuses a role what its policies do not allow, and lets it do what they allow', async () => {
    const resources = [role({ Effect: 'Allow', Action: 'athena:GetWorkGroup', Resource: '*' })];
    const allowed = [role({ Effect: 'Allow', Action: 'athena:List*', Resource: '*' })];
    const key = openPrincipals(resources, '123456789012').credentialsOf(
      'arn:aws:iam::123456789012:role/app-Role',
    ).accessKeyId;

    gateway = await serveServices([athena], resources);
    const refused = new AthenaClient(client(gateway.address, key)).send(new ListWorkGroupsCommand({}));
    await expect(refused).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('athena:ListWorkGroups'),
    });

    gateway.open([athena], openPrincipals(allowed, '123456789012'));
    await expect(
      new AthenaClient(client(gateway.address, key)).send(new ListWorkGroupsCommand({})),
    ).resolves.toMatchObject({ WorkGroups: [] });
  });

  test('answers an unknown service and an unknown operation as unknown operations', async () => {
    gateway = await serveServices([athena]);
    const scope = 'Credential=a/20260101/us-east-1/sqs/aws4_request';
    const unknownService = await fetch(gateway.address, {
      method: 'POST',
      headers: { authorization: scope },
      body: '{}',
    });
    expect(await unknownService.json()).toMatchObject({
      message: expect.stringContaining('no service "sqs"'),
    });
    const unknownOperation = await fetch(gateway.address, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonAthena.Dance' },
      body: '{}',
    });
    expect(unknownOperation.status).toBe(400);
    expect(await unknownOperation.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  test('answers 503 until its services are there', async () => {
    gateway = await startGateway({ port: 0, log: () => {} });
    expect((await fetch(gateway.address)).status).toBe(503);
  });

  test('says when its port is in use', async () => {
    gateway = await startGateway({ port: 0, log: () => {} });
    const port = Number(new URL(gateway.address).port);
    await expect(startGateway({ port, log: () => {} })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
