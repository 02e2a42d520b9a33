import { FirehoseClient, PutRecordBatchCommand, type PutRecordBatchOutput } from '@aws-sdk/client-firehose';
import { RetryableError, type Patience, type PutBatch } from './send.ts';

const THROTTLES = new Set([
  'LimitExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

interface Failure {
  readonly name: string;
  /** Set by Node when a connection broke. */
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Throttles, faults of the service, and connections that broke before an answer came. */
const isPassing = (error: unknown): error is Error => {
  if (!(error instanceof Error)) return false;
  const { name, code, $metadata } = error as Failure;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return code !== undefined || name === 'TimeoutError';
  return THROTTLES.has(name) || status === 429 || status >= 500;
};

const refusedOf = ({ FailedPutCount, RequestResponses }: PutRecordBatchOutput, sent: number): number[] => {
  if (FailedPutCount === 0) return [];
  return Array.from({ length: sent }, (_, position) => position).filter(
    (position) => !RequestResponses?.[position]?.RecordId,
  );
};

/**
 * PutRecordBatch over the SDK. The SDK's own retries are off, so that there is one policy: `sendRecords`.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 *
 * @example
 * await sendRecords(firehosePort(), stream, records, patienceFor(() => context.getRemainingTimeInMillis()));
 */
export const firehosePort = (client = new FirehoseClient({ maxAttempts: 1 })): PutBatch => {
  return async (stream, data, signal) => {
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: stream,
      Records: data.map((Data) => ({ Data })),
    });
    try {
      return refusedOf(await client.send(command, { abortSignal: signal }), data.length);
    } catch (error) {
      if (isPassing(error)) throw new RetryableError(`${error.name}: ${error.message}`, error);
      throw error;
    }
  };
};

const MARGIN = 2000;

/**
 * Up to eight tries, delays of up to 100 ms growing to 5 s, within the time left less a margin to answer in.
 *
 * @example
 * patienceFor(() => context.getRemainingTimeInMillis(), { maxTries: 4, maxDelay: 1000 })
 */
export const patienceFor = (
  remaining: () => number,
  limits: Partial<Pick<Patience, 'maxTries' | 'maxDelay'>> = {},
): Patience => ({
  maxTries: 8,
  baseDelay: 100,
  maxDelay: 5000,
  ...limits,
  remaining: () => remaining() - MARGIN,
  wait: (delay) => new Promise((resolve) => setTimeout(resolve, delay)),
  random: Math.random,
});
