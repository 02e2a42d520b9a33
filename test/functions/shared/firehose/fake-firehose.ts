import type { Buffer } from 'node:buffer';
import { RetryableError, type Patience, type PutBatch } from '../../../../functions/shared/firehose/send.ts';

/** What a fake stream does with one call: positions it does not take, or an error for the whole call. */
export type Behaviour = (data: readonly Buffer[]) => readonly number[] | Error;

/** Delivery streams that keep what they took, and fail as they are told. */
export const fakeFirehose = (behave: Behaviour = () => []) => {
  const calls: { stream: string; data: string[] }[] = [];
  const taken: { stream: string; row: string }[] = [];
  const putBatch: PutBatch = async (stream, data) => {
    calls.push({ stream, data: data.map(String) });
    const outcome = behave(data);
    if (outcome instanceof Error) throw outcome;
    const refused = new Set(outcome);
    for (const [position, packed] of data.entries())
      if (!refused.has(position))
        for (const row of packed.toString().split('\n')) taken.push({ stream, row });
    return [...refused];
  };
  return { putBatch, calls, taken };
};

export const throttled = (): Error => new RetryableError('ThrottlingException: slow down', undefined);

/** Patience that waits in no time, and remembers how long it would have. */
export const instantPatience = (changes: Partial<Patience> = {}): Patience & { readonly waits: number[] } => {
  const waits: number[] = [];
  return {
    waits,
    maxTries: 4,
    baseDelay: 100,
    maxDelay: 5000,
    remaining: () => 60_000,
    wait: async (delay) => {
      waits.push(delay);
    },
    random: () => 1,
    ...changes,
  };
};
