import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterEach, expect, test } from 'vitest';
import { firehosePort } from '../../../../functions/shared/firehose/client.ts';
import { RetryableError } from '../../../../functions/shared/firehose/send.ts';
import { startService, type ServiceAnswer } from './service.ts';

let stop: () => Promise<void> = async () => {};

afterEach(() => stop());

const put = async (answer: ServiceAnswer, signal = AbortSignal.timeout(20_000)) => {
  const service = await startService(() => answer);
  stop = service.stop;
  const client = new FirehoseClient({
    endpoint: service.endpoint,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const outcome = await firehosePort(client)('s', [Buffer.from('{}'), Buffer.from('[]')], signal).catch(
    (error: unknown) => error,
  );
  return { outcome, requests: service.requests };
};

test('one call carries every record to the stream', async () => {
  const { outcome, requests } = await put({
    status: 200,
    body: { FailedPutCount: 0, RequestResponses: [{ RecordId: '1' }, { RecordId: '2' }] },
  });

  expect(outcome).toEqual([]);
  expect(requests.map(({ target }) => target)).toEqual(['Firehose_20150804.PutRecordBatch']);
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    DeliveryStreamName: 's',
    Records: [{ Data: 'e30=' }, { Data: 'W10=' }],
  });
});

test('records that were not taken are named by position', async () => {
  const { outcome } = await put({
    status: 200,
    body: { FailedPutCount: 1, RequestResponses: [{ RecordId: '1' }, { ErrorCode: 'InternalFailure' }] },
  });

  expect(outcome).toEqual([1]);
});

test.each<[string, ServiceAnswer]>([
  ['an outage', { status: 503, body: { __type: 'ServiceUnavailableException', message: 'slow down' } }],
  ['a throttle', { status: 400, body: { __type: 'ThrottlingException', message: 'slow down' } }],
  ['a broken connection', 'hang up'],
])('%s may be tried again, and the SDK did not', async (_, answer) => {
  const { outcome, requests } = await put(answer);

  expect(outcome).toBeInstanceOf(RetryableError);
  expect(requests).toHaveLength(1);
});

test.each<[string, ServiceAnswer]>([
  [
    'ResourceNotFoundException',
    { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no' } },
  ],
  ['AccessDeniedException', { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } }],
])('%s will not pass', async (name, answer) => {
  const { outcome } = await put(answer);

  expect(outcome).not.toBeInstanceOf(RetryableError);
  expect(outcome).toMatchObject({ name });
});

test('a call past its time is not tried again', async () => {
  const { outcome } = await put({ status: 200, body: {} }, AbortSignal.abort());

  expect(outcome).toMatchObject({ name: 'AbortError' });
});
