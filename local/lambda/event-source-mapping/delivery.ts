import { setTimeout as sleep } from 'node:timers/promises';
import { type Cloud, AwsError } from '../../service.ts';
import type { Functions, InvokeResult } from '../functions.ts';
import { type Condition, failureRecord } from './failure-record.ts';
import { type StreamRecord, eventText } from './record.ts';
import type { Mapping } from './settings.ts';
import { type Batch, nextStep, verdictOf } from './verdict.ts';

/** Where records that are given up go. */
export interface Store {
  put(bucket: string, key: string, body: string): Promise<unknown>;
}

export interface DeliveryOptions {
  readonly cloud: Cloud;
  readonly mapping: Mapping;
  readonly functions: Functions;
  readonly store: Store;
  readonly shardId: string;
  /** Called with the last record that is done with, in order. */
  readonly onProcessed: (last: StreamRecord) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly authorize: (action: string, resourceArn: string) => void;
}

/** Waits between tries: doubling from 100 ms to 10 s, with half of it random. */
const backoffMs = (tries: number) =>
  Math.min(10_000, 100 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);

/**
 * Brings records to the function, in order, with the mapping's retries, bisection, maximum age and on-failure
 * destination. Resolves when all are processed or given up; rejects when the signal aborts.
 */
export const deliver = async (records: readonly StreamRecord[], options: DeliveryOptions): Promise<void> => {
  const stack: Batch[] = [{ records, retries: 0, invocations: 0 }];
  for (let batch = stack.pop(); batch; batch = stack.pop()) {
    options.signal.throwIfAborted();
    const young = await dropExpired(batch, options);
    const next = young.records.length > 0 ? await attempt(young, options) : [];
    stack.push(...next.toReversed());
  }
};

const attempt = async (batch: Batch, options: DeliveryOptions): Promise<readonly Batch[]> => {
  const result = await invoke(batch, options);
  // Not run at all: throttling and service errors use up no retry.
  if (!result) return [batch];
  const invoked = { ...batch, invocations: batch.invocations + 1 };
  const verdict = verdictOf(result, batch.records, options.mapping.reportsFailures);
  // While stopping, an invocation that failed may have been cut off: it is left for the next start.
  if (verdict.kind !== 'success') options.signal.throwIfAborted();
  const step = nextStep(options.mapping, invoked, verdict);
  done(batch.records.slice(0, step.processed), options);
  if (step.discard) {
    const rest = { ...invoked, records: batch.records.slice(step.processed) };
    await giveUp('RetryAttemptsExhausted', rest, result, options);
  }
  if (step.backoff) await sleep(backoffMs(batch.retries), undefined, { signal: options.signal });
  return step.next;
};

const invoke = async (batch: Batch, options: DeliveryOptions): Promise<InvokeResult | undefined> => {
  const { cloud, mapping, functions, signal } = options;
  try {
    return await functions.invokeText(mapping.functionName, eventText(batch.records), {
      source: 'dynamodb-stream',
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    signal.throwIfAborted();
    cloud.log(
      'warn',
      'lambda',
      `${mapping.functionName} was not run for ${mapping.tableName}: ${error.message}`,
    );
    await sleep(backoffMs(3), undefined, { signal });
    return undefined;
  }
};

const dropExpired = async (batch: Batch, options: DeliveryOptions): Promise<Batch> => {
  const { maxAgeMs } = options.mapping;
  if (maxAgeMs === undefined) return batch;
  const oldest = options.now() - maxAgeMs;
  const firstYoung = batch.records.findIndex(({ createdMs }) => createdMs >= oldest);
  const expired = firstYoung === -1 ? batch.records.length : firstYoung;
  if (expired === 0) return batch;
  await giveUp(
    'RecordAgeExceeded',
    { ...batch, records: batch.records.slice(0, expired) },
    undefined,
    options,
  );
  return { ...batch, records: batch.records.slice(expired) };
};

const giveUp = async (
  condition: Condition,
  { records, invocations }: Batch,
  result: InvokeResult | undefined,
  options: DeliveryOptions,
): Promise<void> => {
  const [first, ...others] = records;
  if (!first) return;
  const { cloud, mapping, functions, shardId, now } = options;
  const functionArn = functions.find(mapping.functionName).arn;
  const givenUp = {
    condition,
    records: [first, ...others] as const,
    invocations,
    shardId,
    functionArn,
    result,
  };
  const { key, body } = failureRecord(mapping, givenUp, new Date(now()));
  const where =
    mapping.onFailureBucket === undefined
      ? 'nowhere: the mapping has no on-failure destination'
      : `s3://${mapping.onFailureBucket}/${key}`;
  cloud.log(
    'error',
    'lambda',
    `${condition}: ${records.length} change(s) of ${mapping.tableName} from ${first.sequenceNumber} on went to ${where}.`,
  );
  if (mapping.onFailureBucket !== undefined)
    await store(mapping.onFailureBucket, key, JSON.stringify(body), options);
  done(records, options);
};

/** Keeps trying: a record that could not be stored is not given up, so that none is lost. */
const store = async (bucket: string, key: string, body: string, options: DeliveryOptions): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    try {
      options.authorize('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
      await options.store.put(bucket, key, body);
      return;
    } catch (error) {
      options.cloud.log(
        'error',
        'lambda',
        `s3://${bucket}/${key} could not be written: ${(error as Error).message}. Trying again.`,
      );
      await sleep(backoffMs(tries), undefined, { signal: options.signal });
    }
  }
};

const done = (records: readonly StreamRecord[], options: DeliveryOptions) => {
  const last = records.at(-1);
  if (last) options.onProcessed(last);
};
