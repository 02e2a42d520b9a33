/** The process that makes the calls of the handler benchmark, its environment that of the function in Lambda. */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import type { Api } from '../functions/api/application.ts';
import type { HttpEvent } from '../functions/api/call.ts';

/** What the handler asks of Lambda's context. */
const CONTEXT = { getRemainingTimeInMillis: () => 10_000 } as Context;

/** What to call, and how often. */
export interface CallsJob {
  readonly bundle: string;
  readonly table: string;
  readonly warmUp: number;
  readonly calls: number;
}

/** Milliseconds of each call, the handler's beside the bare one made next to it. */
export interface Times {
  readonly handler: readonly number[];
  readonly bare: readonly number[];
}

export interface CallsResult {
  readonly get: Times;
  readonly post: Times;
}

type Make = () => Promise<unknown>;

const PRODUCT = {
  name: 'Blue vase',
  category: 'home',
  price: { amount: 1999, currency: 'EUR' },
  stock: 3,
  tags: ['blue', 'glass'],
};

/** What API Gateway sends, payload 2.0. */
const eventOf = (method: string, route: string, path: string, rest: Partial<HttpEvent>): HttpEvent => ({
  version: '2.0',
  routeKey: `${method} ${route}`,
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'api.example', 'content-type': 'application/json', accept: '*/*' },
  isBase64Encoded: false,
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    authorizer: { jwt: { claims: { sub: 'bench', 'cognito:groups': '[staff]' } } },
    domainName: 'api.example',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' },
    requestId: randomUUID(),
    routeKey: `${method} ${route}`,
    stage: '$default',
    time: '22/Nov/2026:13:00:00 +0000',
    timeEpoch: 1_795_352_400_000,
  },
  ...rest,
});

const callerOf =
  (api: Api) =>
  async (status: number, event: HttpEvent): Promise<string> => {
    const answer = await api(event, CONTEXT);
    if (answer.statusCode === status) return answer.body ?? '';
    throw new Error(`The handler answered ${answer.statusCode}: ${answer.body}`);
  };

/** The settings of functions/api/handler.ts. */
const bareClient = () =>
  new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  });

const bareItem = (id: string) => {
  const now = new Date().toISOString();
  return marshall({ ...PRODUCT, id, version: 1, createdAt: now, updatedAt: now, schemaVersion: 1 });
};

/** The four calls: each the same request to DynamoDB as the one beside it. */
const makers = async (api: Api, table: string) => {
  const [call, client, body] = [callerOf(api), bareClient(), JSON.stringify(PRODUCT)];
  const create = () => call(201, eventOf('POST', '/products', '/products', { body }));
  const { id } = JSON.parse(await create()) as { id: string };
  const condition = {
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': 'id' },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  return {
    post: {
      handler: create,
      bare: () =>
        client.send(new PutItemCommand({ TableName: table, Item: bareItem(randomUUID()), ...condition })),
    },
    get: {
      handler: () =>
        call(200, eventOf('GET', '/products/{id}', `/products/${id}`, { pathParameters: { id } })),
      bare: () =>
        client.send(new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true })),
    },
  };
};

const timed = async (make: Make): Promise<number> => {
  const begin = performance.now();
  await make();
  return performance.now() - begin;
};

/** Turn about, and each first as often as second, so that whatever else the machine does meets both alike. */
const interleave = async (handler: Make, bare: Make, count: number): Promise<Times> => {
  const times = { handler: new Array<number>(), bare: new Array<number>() };
  for (let index = 0; index < count; index += 1) {
    if (index % 2 === 0) times.handler.push(await timed(handler));
    times.bare.push(await timed(bare));
    if (index % 2 === 1) times.handler.push(await timed(handler));
  }
  return times;
};

const measure = async ({ bundle, table, warmUp, calls }: CallsJob): Promise<CallsResult> => {
  const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Api };
  const { get, post } = await makers(handler, table);
  await interleave(get.handler, get.bare, warmUp);
  await interleave(post.handler, post.bare, warmUp);
  return {
    get: await interleave(get.handler, get.bare, calls),
    post: await interleave(post.handler, post.bare, calls),
  };
};

if (import.meta.main)
  process.once('message', (job: CallsJob) => {
    void measure(job).then((result) => process.send?.(result, () => process.disconnect()));
  });
