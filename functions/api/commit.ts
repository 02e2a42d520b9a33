import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ProblemError } from '../../core/http/problem.ts';
import type { Service } from './service.ts';
import {
  ConditionFailed,
  TransactionRefused,
  unavailable,
  WriteConflict,
  type StoredItem,
} from './store-errors.ts';

/** One write of a change, which is done whole or not at all. */
export interface Write {
  readonly item: TransactWriteItem;
  /**
   * What it means that the condition does not hold for the item found: the error to answer, or undefined when what
   * was read is no longer so and the whole is to be decided anew.
   */
  readonly refusal: (found: StoredItem | undefined) => Error | undefined;
}

/** Something that was read before the write has changed meanwhile. */
export class Stale extends Error {}

/** With their pauses two seconds and at most five, which is half a function's time. */
const TRIES = 16;
const LONGEST_PAUSE_MS = 400;

const pause = ({ wait }: Service, attempt: number): Promise<void> =>
  wait(Math.random() * Math.min(10 * 2 ** attempt, LONGEST_PAUSE_MS));

const single = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    throw error instanceof ConditionFailed
      ? new TransactionRefused([{ position: 0, item: error.item }])
      : error;
  }
};

/** A single write needs no transaction, which costs twice as much. */
const send = ({ store }: Service, items: readonly TransactWriteItem[]): Promise<void> => {
  const [{ Put, Delete } = {}, ...others] = items;
  if (others.length === 0 && Put) return single(store.put(Put));
  if (others.length === 0 && Delete) return single(store.delete(Delete));
  return store.transact({ TransactItems: [...items] });
};

/**
 * Does all writes or none. Throws what the first refused write means, Stale when that is to be found out, or
 * WriteConflict when another transaction was at one of the items.
 */
export const commit = async (service: Service, writes: readonly Write[]): Promise<void> => {
  try {
    await send(
      service,
      writes.map(({ item }) => item),
    );
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error;
    const meanings = error.refusals.map(({ position, item }) => writes[position]?.refusal(item));
    throw meanings.find((meaning) => meaning !== undefined) ?? new Stale();
  }
};

/** Whether the decision was made on what has changed meanwhile, or is changing now. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof Stale || error instanceof WriteConflict;

/** Who always came too late may read again; who never got through may come again. */
const givenUp = (error: unknown): ProblemError =>
  error instanceof WriteConflict
    ? unavailable(error)
    : new ProblemError(
        'conflict',
        'Others keep changing this record. Read it again and send your change anew.',
      );

/**
 * Decides and commits, anew as long as others change what the decision is made on. Throws ProblemError `conflict`, or
 * `unavailable` when other transactions are always in the way.
 */
export const decide = async <T>(service: Service, attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      if (tries === TRIES) throw givenUp(error);
      await pause(service, tries);
    }
  }
};
