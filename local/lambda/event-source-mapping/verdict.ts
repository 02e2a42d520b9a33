import type { InvokeResult } from '../functions.ts';
import type { Mapping } from './settings.ts';
import type { StreamRecord } from './record.ts';

/** What an invocation made of its batch; `index` is that of the first record to deliver again. */
export type Verdict =
  | { readonly kind: 'success' | 'failure' }
  | { readonly kind: 'partial'; readonly index: number };

/** Records to be invoked together, and how many of the allowed retries they have used. */
export interface Batch {
  readonly records: readonly StreamRecord[];
  readonly retries: number;
  /** Invocations that carried exactly these records. */
  readonly invocations: number;
}

/** What happens after an invocation. */
export interface Step {
  /** Records from the head that are done with. */
  readonly processed: number;
  /** Whether the rest is given up. */
  readonly discard: boolean;
  /** What to invoke next, in order. */
  readonly next: readonly Batch[];
  /** Whether to wait before that. */
  readonly backoff: boolean;
}

/**
 * Reads the answer of the function. With `ReportBatchItemFailures` the lowest sequence number named is where to go on;
 * an empty list, `null` and an empty answer are success; a missing, empty or unknown identifier fails the whole batch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const verdictOf = (
  result: Pick<InvokeResult, 'functionError' | 'payload'>,
  records: readonly StreamRecord[],
  reportsFailures: boolean,
): Verdict => {
  if (result.functionError) return { kind: 'failure' };
  if (!reportsFailures || result.payload === null) return { kind: 'success' };
  if (typeof result.payload !== 'object') return { kind: 'failure' };
  const failures = (result.payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return { kind: 'success' };
  if (!Array.isArray(failures)) return { kind: 'failure' };
  const indexes = failures.map((failure) => indexOf(failure, records));
  if (indexes.length === 0) return { kind: 'success' };
  if (indexes.includes(-1)) return { kind: 'failure' };
  return { kind: 'partial', index: Math.min(...indexes) };
};

const indexOf = (failure: unknown, records: readonly StreamRecord[]): number => {
  const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
  return records.findIndex(({ sequenceNumber }) => sequenceNumber === identifier);
};

/**
 * Decides what comes after an invocation. Splitting a batch uses up none of its retries; a partial failure past the first
 * record splits there; anything else that fails is halved when the mapping bisects, and tried again whole otherwise.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export const nextStep = (
  mapping: Pick<Mapping, 'bisect' | 'maxRetries'>,
  batch: Batch,
  verdict: Verdict,
): Step => {
  const { records, retries } = batch;
  if (verdict.kind === 'success')
    return { processed: records.length, discard: false, next: [], backoff: false };
  const processed = verdict.kind === 'partial' ? verdict.index : 0;
  if (mapping.bisect && processed > 0)
    return again(processed, [fresh(records.slice(processed), retries)], false);
  if (mapping.bisect && records.length > 1) return again(0, halves(records, retries), false);
  if (mapping.maxRetries !== undefined && retries >= mapping.maxRetries) {
    return { processed, discard: true, next: [], backoff: false };
  }
  const rest =
    processed === 0 ? { ...batch, retries: retries + 1 } : fresh(records.slice(processed), retries + 1);
  return again(processed, [rest], true);
};

const fresh = (records: readonly StreamRecord[], retries: number): Batch => ({
  records,
  retries,
  invocations: 0,
});

const halves = (records: readonly StreamRecord[], retries: number): readonly Batch[] => {
  const middle = Math.ceil(records.length / 2);
  return [fresh(records.slice(0, middle), retries), fresh(records.slice(middle), retries)];
};

const again = (processed: number, next: readonly Batch[], backoff: boolean): Step => ({
  processed,
  discard: false,
  next,
  backoff,
});
