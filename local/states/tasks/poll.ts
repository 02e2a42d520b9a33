import { setTimeout } from 'node:timers/promises';

const FIRST_MS = 10;
const LAST_MS = 500;

/**
 * Asks again and again until there is an answer, sooner at first. Rejects when the signal is aborted, having told the
 * service to stop the job.
 */
export const poll = async <T>(
  signal: AbortSignal,
  ask: () => Promise<T | undefined>,
  stop: () => Promise<unknown>,
): Promise<T> => {
  try {
    for (let wait = FIRST_MS; ; wait = Math.min(wait * 1.5, LAST_MS)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await setTimeout(wait, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) await stop().catch(() => undefined);
    throw error;
  }
};
