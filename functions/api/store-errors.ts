import type {
  AttributeValue,
  CancellationReason,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { ProblemError } from '../../core/http/problem.ts';

/** An item as DynamoDB holds it. */
export type StoredItem = Record<string, AttributeValue>;

/** The table said no to the condition of a write. */
export class ConditionFailed extends Error {
  readonly item: StoredItem | undefined;

  constructor(item: StoredItem | undefined) {
    super('The condition of the write does not hold');
    this.name = 'ConditionFailed';
    this.item = item;
  }
}

/** A write of a transaction whose condition does not hold: its place in the request and the item that is there. */
export interface Refusal {
  readonly position: number;
  readonly item: StoredItem | undefined;
}

/** A transaction was not done, since conditions of it do not hold. */
export class TransactionRefused extends Error {
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    super('A condition of the transaction does not hold');
    this.name = 'TransactionRefused';
    this.refusals = refusals;
  }
}

/** Another transaction holds an item of this write: the same write may succeed in a moment. */
export class WriteConflict extends Error {
  constructor(cause: unknown) {
    super('Another transaction holds an item of this write', { cause });
    this.name = 'WriteConflict';
  }
}

/** The problem of a request that may well succeed in a second. */
export const unavailable = (cause?: unknown): ProblemError =>
  new ProblemError('unavailable', 'The database is busy. Try again in a second; nothing was lost.', {
    headers: { 'retry-after': '1' },
    cause,
  });

/** The problem of a record DynamoDB has no room for. */
export const tooLarge = (cause: unknown): ProblemError =>
  new ProblemError('too-large', 'A record is at most 400 KB. Send less.', { cause });

const isTooLarge = ({ Code, Message = '' }: CancellationReason): boolean =>
  Code === 'ValidationError' && /item size/i.test(Message);

/**
 * What a cancelled transaction means, by the reasons of its writes.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const ofCancelled = (error: TransactionCanceledException): Error => {
  const reasons = error.CancellationReasons ?? [];
  const refusals = reasons.flatMap(({ Code, Item }, position) =>
    Code === 'ConditionalCheckFailed' ? [{ position, item: Item }] : [],
  );
  if (refusals.length > 0) return new TransactionRefused(refusals);
  if (reasons.some(isTooLarge)) return tooLarge(error);
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return new WriteConflict(error);
  return reasons.some(({ Code }) => Code === 'ValidationError') ? error : unavailable(error);
};
