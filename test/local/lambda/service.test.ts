import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLambda } from '../../../local/lambda/functions.ts';
import { lambdaService } from '../../../local/lambda/service.ts';
import { AwsError } from '../../../local/service.ts';
import { addFunction, credentialsFor, eventually, functionArn, removeFolder, testCloud } from './cloud.ts';

const SOURCE = `
  export const handler = async (event) => {
    console.log('got', event.n);
    if (event.fail) throw new Error('asked to');
    return { n: event.n };
  };
`;

const prepare = async () => {
  const cloud = testCloud();
  await addFunction(cloud, 'fn', SOURCE, { Environment: { Variables: { TABLE: 'orders' } } });
  const functions = startLambda(cloud, { credentialsFor });
  const service = lambdaService(functions);
  const authorized: string[] = [];
  onTestFinished(async () => {
    await service.close();
    await functions.close();
    removeFolder(cloud.assemblyDir);
  });
  const call = async (method: string, path: string, body = '', headers: Record<string, string> = {}) =>
    await service.handle({
      id: 'id',
      method,
      url: new URL(path, 'http://127.0.0.1'),
      headers,
      body: Readable.from([Buffer.from(body)]),
      callerArn: 'arn:aws:iam::123456789012:user/test',
      authorize: (action, arn) => {
        if (headers['x-deny']) throw new AwsError('AccessDeniedException', `not ${action}`, 403);
        authorized.push(`${action} ${arn}`);
      },
    });
  return { cloud, call, authorized };
};

const INVOKE = '/2015-03-31/functions/fn/invocations';

describe('Invoke', () => {
  it('gives the payload and the version, and is authorised on the function', async () => {
    const { call, authorized } = await prepare();

    const answer = await call('POST', INVOKE, '{"n":7}');

    expect(answer).toMatchObject({
      status: 200,
      body: '{"n":7}',
      headers: { 'x-amz-executed-version': '$LATEST' },
    });
    expect(answer.headers).not.toHaveProperty('x-amz-function-error');
    expect(authorized).toEqual([`lambda:InvokeFunction ${functionArn('fn')}`]);
  });

  it('takes the ARN, percent-encoded in the path', async () => {
    const { call } = await prepare();

    const answer = await call(
      'POST',
      `/2015-03-31/functions/${encodeURIComponent(functionArn('fn'))}/invocations`,
    );

    expect(answer).toMatchObject({ status: 200, body: '{}' });
  });

  it('says so when the function failed', async () => {
    const { call } = await prepare();

    const answer = await call('POST', INVOKE, '{"fail":true}');

    expect(answer).toMatchObject({ status: 200, headers: { 'x-amz-function-error': 'Unhandled' } });
    expect(JSON.parse(answer.body as string)).toMatchObject({ errorType: 'Error', errorMessage: 'asked to' });
  });

  it('gives the end of the log when asked for', async () => {
    const { call } = await prepare();

    const answer = await call('POST', INVOKE, '{"n":7}', { 'x-amz-log-type': 'Tail' });

    const log = Buffer.from(answer.headers?.['x-amz-log-result'] ?? '', 'base64').toString();
    expect(log).toMatch(/^START RequestId: .*\n.*\tINFO\tgot 7\nEND RequestId: .*\nREPORT RequestId: /);
  });

  it('of type Event answers 202 and runs in the background', async () => {
    const { call, cloud } = await prepare();

    const answer = await call('POST', INVOKE, '{"n":8}', { 'x-amz-invocation-type': 'Event' });

    expect(answer.status).toBe(202);
    await eventually('the invocation', () => cloud.lines.some(({ message }) => message === 'got 8'));
  });

  it('of type DryRun runs nothing', async () => {
    const { call, cloud } = await prepare();

    expect((await call('POST', INVOKE, '{"n":8}', { 'x-amz-invocation-type': 'DryRun' })).status).toBe(204);
    expect(cloud.lines).toEqual([]);
  });

  it.each([
    ['an unknown function', '/2015-03-31/functions/nope/invocations', '{}', {}, 'ResourceNotFoundException'],
    ['a body that is not JSON', INVOKE, '{', {}, 'InvalidRequestContentException'],
    ['a caller without permission', INVOKE, '{}', { 'x-deny': '1' }, 'AccessDeniedException'],
    [
      'an unknown invocation type',
      INVOKE,
      '{}',
      { 'x-amz-invocation-type': 'Later' },
      'InvalidParameterValueException',
    ],
    [
      'too large an asynchronous event',
      INVOKE,
      `"${'x'.repeat(1_048_576)}"`,
      { 'x-amz-invocation-type': 'Event' },
      'RequestTooLargeException',
    ],
    ['too large an event', INVOKE, `"${'x'.repeat(6_291_556)}"`, {}, 'RequestTooLargeException'],
  ])('refuses %s', async (_, path, body, headers, code) => {
    const { call } = await prepare();

    await expect(call('POST', path, body, headers as Record<string, string>)).rejects.toMatchObject({ code });
  });
});

describe('the other operations', () => {
  it('GetFunction and ListFunctions describe what is deployed', async () => {
    const { call } = await prepare();

    const one = JSON.parse((await call('GET', '/2015-03-31/functions/fn')).body as string) as object;
    const all = JSON.parse((await call('GET', '/2015-03-31/functions/')).body as string) as object;

    const configuration = {
      FunctionName: 'fn',
      FunctionArn: functionArn('fn'),
      Runtime: 'nodejs24.x',
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { TABLE: 'orders' } },
    };
    expect(one).toMatchObject({ Configuration: configuration });
    expect(all).toMatchObject({ Functions: [configuration] });
  });

  it.each([
    ['GET', '/2015-03-31/functions/fn/aliases'],
    ['DELETE', '/2015-03-31/functions/fn'],
    ['GET', '/2015-03-31/event-source-mappings/'],
  ])('%s %s is unknown', async (method, path) => {
    const { call } = await prepare();

    await expect(call(method, path)).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });
});
