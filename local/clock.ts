import { setTimeout } from 'node:timers/promises';

/** Time, as services that wait for it see it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Timers take at most 24 days; longer waits are made of pieces. */
const PIECE_MS = 86_400_000;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    const end = Date.now() + ms;
    try {
      for (let left = ms; left > 0; left = end - Date.now())
        await setTimeout(Math.min(left, PIECE_MS), undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
};
