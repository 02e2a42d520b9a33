import type { Retrier } from '../definition/schema.ts';
import { matches, type StateError } from './errors.ts';

/** How often each retrier of a state was used since the state was entered. */
export type Attempts = Map<Retrier, number>;

/**
 * Seconds to wait before the next attempt, or undefined when there is none: the first retrier that matches decides,
 * and each counts for itself. `attempts` is counted up.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 *
 * @example
 * nextAttempt([{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, … }], attempts, error, Math.random)
 */
export const nextAttempt = (
  retriers: readonly Retrier[],
  attempts: Attempts,
  error: StateError,
  random: () => number,
): number | undefined => {
  const retrier = retriers.find((one) => matches(one, error));
  const made = retrier ? (attempts.get(retrier) ?? 0) : 0;
  if (!retrier || made >= retrier.MaxAttempts) return undefined;
  attempts.set(retrier, made + 1);
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
  return JitterStrategy === 'FULL' ? random() * delay : delay;
};
