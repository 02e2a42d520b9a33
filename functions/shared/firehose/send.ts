import { inBatches } from './batch.ts';
import type { PackedRecord } from './pack.ts';

/**
 * One PutRecordBatch call: which records, by position, it did not take. Throws RetryableError when the call as a
 * whole was not taken but may be later, anything else when it never will be. The bytes are the caller's: they must not
 * be kept once the promise is settled.
 */
export type PutBatch = (
  stream: string,
  data: readonly Buffer[],
  signal: AbortSignal,
) => Promise<readonly number[]>;

/** The call failed for a passing reason: a throttle, an outage, a broken connection. */
export class RetryableError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'RetryableError';
  }
}

/** How sending waits and when it gives up. Times in milliseconds. */
export interface Patience {
  readonly maxTries: number;
  readonly baseDelay: number;
  readonly maxDelay: number;
  /** Time left before the caller must answer. */
  readonly remaining: () => number;
  readonly wait: (delay: number) => Promise<unknown>;
  readonly random: () => number;
}

/** What became of records: those taken, those that were not, in order, and what was wrong with the last call. */
export interface Sent {
  readonly taken: readonly PackedRecord[];
  readonly failed: readonly PackedRecord[];
  readonly error?: unknown;
}

/** Exponential backoff with full jitter. Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const delayAfter = (tries: number, { baseDelay, maxDelay, random }: Patience): number =>
  random() * Math.min(maxDelay, baseDelay * 2 ** (tries - 1));

const sendBatch = async (
  put: PutBatch,
  stream: string,
  batch: readonly PackedRecord[],
  patience: Patience,
): Promise<Sent> => {
  let pending = batch;
  let error: unknown;
  for (let tries = 1; ; tries += 1) {
    const signal = AbortSignal.timeout(Math.max(0, Math.floor(patience.remaining())));
    try {
      const refused = await put(
        stream,
        pending.map(({ data }) => data),
        signal,
      );
      const left = new Set(refused);
      pending = pending.filter((_, position) => left.has(position));
      error = undefined;
    } catch (thrown) {
      error = thrown;
      if (!(thrown instanceof RetryableError)) break;
    }
    const delay = delayAfter(tries, patience);
    if (pending.length === 0 || tries === patience.maxTries || delay >= patience.remaining()) break;
    await patience.wait(delay);
  }
  const failed = new Set(pending);
  return { taken: batch.filter((record) => !failed.has(record)), failed: pending, error };
};

/**
 * Sends packed records in order. Only records that were not taken are sent again, after a growing random delay.
 * Once some of a call's records are given up, later ones are not tried: their order would be lost, and the caller
 * resends from the first failure on.
 *
 * @example
 * const { failed } = await sendRecords(putBatch, 'tailrace-dev-order', packRows(rows), patience);
 */
export const sendRecords = async (
  put: PutBatch,
  stream: string,
  records: readonly PackedRecord[],
  patience: Patience,
): Promise<Sent> => {
  const taken: PackedRecord[] = [];
  const batches = inBatches(records);
  for (const [index, batch] of batches.entries()) {
    const sent = await sendBatch(put, stream, batch, patience);
    taken.push(...sent.taken);
    if (sent.failed.length > 0)
      return { taken, failed: [...sent.failed, ...batches.slice(index + 1).flat()], error: sent.error };
  }
  return { taken, failed: [] };
};
