import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Left for the answer itself, in milliseconds. */
const MARGIN = 500;

const signals = new AsyncLocalStorage<AbortSignal>();

/**
 * Does some work in at most the given milliseconds, less a margin to answer in: then every call of a bounded client
 * that is still under way, or comes after, ends with an AbortError.
 */
export const within = async <T>(remainingMs: number, work: () => Promise<T>): Promise<T> => {
  if (!Number.isFinite(remainingMs)) return await work();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.max(remainingMs - MARGIN, 0));
  try {
    return await signals.run(controller.signal, work);
  } finally {
    clearTimeout(timer);
  }
};

type Send = (command: unknown, options?: object) => Promise<unknown>;

/**
 * Makes a client stop its calls, and the tries it would still make, when the time of the request at work is over. A
 * function that is frozen in the middle of a call would go on with it in a later request.
 *
 * @example
 * const client = bounded(new DynamoDBClient());
 * await within(context.getRemainingTimeInMillis(), () => client.send(command));
 */
export const bounded = (client: DynamoDBClient): DynamoDBClient => {
  const send = client.send.bind(client) as Send;
  const stopping: Send = (command, options) => send(command, { ...options, abortSignal: signals.getStore() });
  return Object.assign(client, { send: stopping });
};
