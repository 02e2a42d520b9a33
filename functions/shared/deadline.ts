import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Left for the answer itself, in milliseconds. */
const MARGIN = 500;

const signals = new AsyncLocalStorage<AbortSignal>();

/**
 * Does some work in at most the given milliseconds, less a margin to answer in. Then it rejects with an AbortError, every
 * call of a bounded client that is still under way is broken off, and none is begun any more.
 */
export const within = async <T>(remainingMs: number, work: () => Promise<T>): Promise<T> => {
  if (!Number.isFinite(remainingMs)) return await work();
  const controller = new AbortController();
  const over = Promise.withResolvers<never>();
  const stop = (): void => {
    controller.abort();
    over.reject(controller.signal.reason);
  };
  const timer = setTimeout(stop, Math.max(remainingMs - MARGIN, 0));
  try {
    return await Promise.race([signals.run(controller.signal, work), over.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Makes a client stop its calls, and the tries it would still make, when the time of the request at work is over. A
 * function that is frozen in the middle of a call would go on with it in a later request. The signal goes in where HTTP
 * requests are made: with options for a call of its own the SDK would build its middleware anew for every call.
 *
 * @example
 * const client = bounded(new DynamoDBClient());
 * await within(context.getRemainingTimeInMillis(), () => client.send(command));
 */
export const bounded = (client: DynamoDBClient): DynamoDBClient => {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  const stopping: typeof handle = (request, options) => {
    const abortSignal = signals.getStore();
    return handle(request, abortSignal ? { ...options, abortSignal } : options);
  };
  Object.assign(requestHandler, { handle: stopping });
  return client;
};
