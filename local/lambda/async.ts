import { AwsError } from '../service.ts';
import type { Functions, InvokeResult } from './functions.ts';

/** Waits before the first and the second retry of an asynchronous invocation, in milliseconds. */
const RETRY_WAITS_MS = [60_000, 120_000];

/**
 * Runs `Event` invocations in the background: a failed one is tried again after one and then two more minutes, as AWS does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 * They are held in memory: stopping the local cloud drops those that have not ended.
 */
export const asyncInvoker = (functions: Functions) => {
  const timers = new Set<NodeJS.Timeout>();
  const attempt = async (arn: string, event: string, tried: number): Promise<void> => {
    if (await succeeds(functions, arn, event)) return;
    const wait = RETRY_WAITS_MS[tried];
    if (wait === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(arn, event, tried + 1);
    }, wait).unref();
    timers.add(timer);
  };
  return {
    start: (arn: string, event: string) => void attempt(arn, event, 0),
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

const succeeds = async (functions: Functions, arn: string, event: string): Promise<boolean> => {
  const result: InvokeResult | undefined = await functions
    .invokeText(arn, event, { source: 'lambda' })
    .catch((error: unknown) => {
      if (error instanceof AwsError) return undefined;
      throw error;
    });
  return result !== undefined && result.functionError === undefined;
};
