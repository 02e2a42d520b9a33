import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entitiesOf } from '../../../core/schema/load.ts';
import type { Api } from '../../../functions/api/application.ts';
import { schemas } from '../../../schemas/index.ts';
import { startTables, type Tables } from '../tables.ts';
import { httpEvent } from './harness.ts';

let tables: Tables;
let handler: Api;
const context = { getRemainingTimeInMillis: () => 10_000 } as Context;
const printed: Record<string, unknown>[] = [];
const record = (line: string) => printed.push(JSON.parse(line));

beforeAll(async () => {
  tables = await startTables(entitiesOf(schemas));
  vi.stubEnv('TAILRACE_STAGE', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tables.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => record(String(line)) > 0);
  ({ handler } = await import('../../../functions/api/handler.ts'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await tables.close();
});

describe('the handler', () => {
  it('serves from its environment and prints one line a request, log line and metric document in one', async () => {
    const json = { email: 'ada@example.com', name: 'Ada' };
    const headers = {
      authorization: 'Bearer secret',
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=ada',
    };
    const event = httpEvent({ method: 'POST', path: '/customers', json, headers });
    const { statusCode } = await handler(event, context);

    expect(statusCode).toBe(201);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatchObject({
      level: 'INFO',
      message: 'request',
      service: 'api',
      requestId: event.requestContext.requestId,
      method: 'POST',
      route: '/customers',
      status: 201,
      latencyMs: expect.any(Number),
      capacityUnits: 5,
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
    });
    expect(printed[0]).toMatchObject({ requests: 1, faults: 0, _aws: { Timestamp: expect.any(Number) } });
    expect(JSON.stringify(printed)).not.toMatch(/ada|secret/i);
  });
});
