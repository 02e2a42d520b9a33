import type { Context, DynamoDBRecord } from 'aws-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startService } from '../shared/firehose/service.ts';

let service: Awaited<ReturnType<typeof startService>>;

/** What AWS answers to each call of the relay. */
const answerTo = (target: string, body: string): object | undefined => {
  if (target.startsWith('Firehose')) {
    const { Records } = JSON.parse(body) as { Records: unknown[] };
    return { FailedPutCount: 0, RequestResponses: Records.map(() => ({ RecordId: 'r' })) };
  }
  return target.startsWith('DynamoDB') ? { Responses: {}, UnprocessedKeys: {} } : undefined;
};

const rowsIn = (body: string): string[] =>
  (JSON.parse(body) as { Records: { Data: string }[] }).Records.map(({ Data }) =>
    Buffer.from(Data, 'base64').toString(),
  );

beforeEach(async () => {
  service = await startService(({ body, target }) => ({ status: 200, body: answerTo(target, body) }));
  for (const [name, value] of Object.entries({
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    TAILRACE_STAGE: 'dev',
    LAKE_BUCKET: 'lake-bucket',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: service.endpoint,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  }))
    vi.stubEnv(name, value);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service.stop();
});

const recordOf = (id: string, email: string): DynamoDBRecord => ({
  eventID: `event-${id}`,
  eventName: 'INSERT',
  eventSourceARN:
    'arn:aws:dynamodb:eu-west-1:123456789012:table/tailrace-dev-customer/stream/2026-11-22T00:00:00.000',
  dynamodb: {
    ApproximateCreationDateTime: 1_795_352_400,
    SequenceNumber: '100',
    Keys: { id: { S: id } },
    NewImage: marshall({
      id,
      email,
      name: 'Ann Secret',
      version: 1,
      createdAt: '2026-11-22T13:00:00.000Z',
      updatedAt: '2026-11-22T13:00:00.000Z',
    }) as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>,
  },
});

test('the function sends rows sealed, keeps misfits, says figures once and no personal data', async () => {
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => {
      lines.push(said.join(' '));
    });
  const { handler } = await import('../../../functions/relay/handler.ts');
  const context = { getRemainingTimeInMillis: () => 30_000, functionVersion: '$LATEST' } as Context;

  const answer = await handler(
    { Records: [recordOf('c1', 'a@b.example'), recordOf('c2', 'secret')] },
    context,
  );

  expect(answer).toEqual({ batchItemFailures: [] });
  const calls = service.requests.map(
    ({ target, path }) => `${target} ${decodeURIComponent(path.split('?')[0] ?? '')}`,
  );
  expect(new Set(calls)).toEqual(
    new Set([
      'DynamoDB_20120810.BatchGetItem /',
      'DynamoDB_20120810.TransactWriteItems /',
      'Firehose_20150804.PutRecordBatch /',
      'PUT /lake-bucket/quarantine/relay/customer/dt=2026-11-22/event-c2.json',
    ]),
  );
  const figures = lines.filter((line) => line.includes('CloudWatchMetrics'));
  expect(figures).toHaveLength(1);
  expect(JSON.parse(figures[0] ?? '')).toMatchObject({
    stage: 'dev',
    RowsRelayed: 1,
    RowsQuarantined: 1,
    RowsFailed: 0,
  });
  expect(lines.join('\n')).not.toMatch(/secret/i);
  const sent = service.requests.flatMap(({ target, body }) =>
    target.startsWith('Firehose') ? rowsIn(body) : target.startsWith('DynamoDB') ? [] : [body],
  );
  expect(sent).toHaveLength(2);
  expect(sent.join('\n')).not.toMatch(/secret|b\.example/i);
});
