import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterEach, expect, it } from 'vitest';
import { namesOf } from '../../../core/deployment.ts';
import { application } from '../../../functions/api/application.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { bounded } from '../../../functions/shared/deadline.ts';
import { schemas } from '../../../schemas/index.ts';
import { httpEvent } from './harness.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** The API over a DynamoDB that answers as it is told to. */
const over = async (answer: RequestListener) => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = bounded(
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 3,
    }),
  );
  closing.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const api = application({
    schemas,
    names: namesOf('test'),
    store: dynamoStore(client),
    rules: {},
    cursorKey: async () => new Uint8Array(32),
    observe: () => {},
    info: { title: 'Store', version: '1' },
  });
  const call = (remainingMs: number) =>
    api(httpEvent({ path: '/products/p1' }), { getRemainingTimeInMillis: () => remainingMs } as Context);
  return { call, requests: () => requests };
};

const problemOf = (answer: { body?: string }) => JSON.parse(answer.body ?? '{}') as Record<string, unknown>;

it('a DynamoDB that throttles is asked three times, and then the client is asked to come again', async () => {
  const { call, requests } = await over((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}');
  });

  const answer = await call(60_000);

  expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  expect(problemOf(answer)).toMatchObject({ type: 'urn:tailrace:problem:unavailable' });
  expect(requests()).toBe(3);
});

it('a DynamoDB that never answers is given up before the function’s time is over', async () => {
  const { call, requests } = await over(() => {});

  const answer = await call(700);

  expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  expect(requests()).toBe(1);
});

it('a function without time left asks nothing', async () => {
  const { call } = await over((_request, response) => response.writeHead(200).end('{}'));

  expect(await call(0)).toMatchObject({ statusCode: 503 });
});
