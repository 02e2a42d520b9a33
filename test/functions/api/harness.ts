import { ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { openApi } from '../../../core/openapi/document.ts';
import { entitiesOf, type Schema } from '../../../core/schema/load.ts';
import { application, type Api, type ApplicationParts } from '../../../functions/api/application.ts';
import type { HttpEvent } from '../../../functions/api/call.ts';
import { rules } from '../../../functions/api/rules/index.ts';
import { dynamoStore } from '../../../functions/api/store.ts';
import { metered } from '../../../functions/shared/capacity.ts';
import type { RequestReport } from '../../../functions/shared/observe.ts';
import { contractOf, type Contract } from '../../contract.ts';
import { startTables, type Tables } from '../tables.ts';

export interface Sent {
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: string;
  base64?: boolean;
  /** True when no authorizer has seen the request. */
  anonymous?: boolean;
  /** Claims of the token; default those of staff. */
  claims?: Record<string, unknown>;
  event?: Partial<HttpEvent>;
}

export interface Received {
  status: number;
  headers: Record<string, unknown>;
  text: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read wherever they want
  body: any;
}

let count = 0;

/** An event as API Gateway makes it, payload 2.0, on the route `$default`. */
export const httpEvent = (sent: Sent): HttpEvent => {
  const {
    method = 'GET',
    path = '/',
    query = '',
    headers = {},
    json,
    base64 = false,
    anonymous = false,
    claims = { sub: 'u1', 'cognito:groups': '[staff]' },
  } = sent;
  const body = json === undefined ? sent.body : JSON.stringify(json);
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'api.test', ...type, ...headers },
    isBase64Encoded: base64,
    ...(body === undefined ? {} : { body }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.test',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: `request-${(count += 1)}`,
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2026:13:00:00 +0000',
      timeEpoch: 1_795_352_400_000,
      ...(anonymous ? {} : { authorizer: { jwt: { claims } } }),
    },
    ...sent.event,
  };
};

/** As Lambda hands it over, with all the time in the world. */
const context = { getRemainingTimeInMillis: () => Infinity } as Context;

/** Calls a handler as Lambda does. */
export const call = async (api: Api, sent: Sent): Promise<Received> => {
  const { statusCode = 0, headers = {}, body } = await api(httpEvent(sent), context);
  return {
    status: statusCode,
    headers,
    text: body,
    body:
      body === undefined || String(headers['content-type']).startsWith('text/html') ? body : JSON.parse(body),
  };
};

/** Problems of requests that no operation of the contract is about. */
const OUTSIDE = /:(no-such-route|method-not-allowed)$/;

/** Throws Error when the answer is not one that the contract describes. */
const holdTo = (contract: Contract, { method = 'GET', path = '/', query = '' }: Sent, answer: Received) => {
  if (method === 'OPTIONS' || path.endsWith('/') || OUTSIDE.test(answer.body?.type)) return;
  const wrong = contract({ method, path, fields: query.includes('fields=') }, answer);
  if (wrong.length > 0) throw new Error(`Against the contract: ${wrong.join('; ')}`);
};

/** The API over a real DynamoDB engine. */
export interface Harness extends Tables {
  readonly reports: RequestReport[];
  /** Sends a request and holds the answer to the contract, unless its event was made by hand. */
  send(sent: Sent): Promise<Received>;
  api(parts?: Partial<ApplicationParts>): Api;
  count(entity: string): Promise<number>;
}

const countItems = async (client: DynamoDBClient, table: string): Promise<number> =>
  (await client.send(new ScanCommand({ TableName: table, Select: 'COUNT', ConsistentRead: true }))).Count ??
  0;

/** Starts the API over a real DynamoDB engine. Close it when done. */
export const startHarness = async (
  schemas: readonly Schema[],
  more: Partial<ApplicationParts> = {},
): Promise<Harness> => {
  const tables = await startTables(entitiesOf(schemas));
  const reports: RequestReport[] = [];
  const api = (parts: Partial<ApplicationParts> = {}): Api =>
    application({
      schemas,
      names: tables.names,
      store: dynamoStore(metered(tables.client)),
      rules,
      cursorKey: async () => new Uint8Array(32).fill(7),
      observe: (report) => reports.push(report),
      info: { title: 'Store', version: '1.2.3' },
      ...more,
      ...parts,
    });
  const main = api();
  const contract = contractOf(openApi(schemas, { title: 'Store', version: '1.2.3' }));
  return {
    ...tables,
    reports,
    api,
    send: async (sent) => {
      const answer = await call(main, sent);
      if (!sent.event) holdTo(contract, sent, answer);
      return answer;
    },
    count: (name) => {
      const entity = entitiesOf(schemas).find((candidate) => candidate.name === name);
      if (!entity) throw new Error(`no entity ${name}`);
      return countItems(tables.client, tables.names.table(entity));
    },
  };
};
