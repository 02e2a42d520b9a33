import type { Json } from '../../json.ts';
import { StateError } from '../errors.ts';
import type { Chain } from '../history.ts';
import { anySignal, SiblingFailed, type Frame } from '../run.ts';

/** Runs one branch or iteration; `chain` is the line of events it continues. */
export type Part = (index: number, signal: AbortSignal, chain: Chain) => Promise<Json>;

/**
 * Runs parts side by side, at most `limit` at once, and gives their outputs in order. The first that fails ends the
 * others; its error is thrown when all have ended.
 */
export const runParts = async (frame: Frame, count: number, limit: number, part: Part): Promise<Json[]> => {
  const siblings = new AbortController();
  const signal = anySignal(frame.signal, siblings.signal);
  const outputs: Json[] = Array.from({ length: count }, () => null);
  const start = frame.chain.previous;
  const errors: unknown[] = [];
  let next = 0;
  const worker = async () => {
    const chain = { previous: start };
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      try {
        outputs[index] = await part(index, signal, chain);
      } catch (error) {
        errors.push(error);
        siblings.abort(new SiblingFailed());
      }
      if (errors.length < 2) frame.chain.previous = chain.previous;
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, limit) }, worker));
  frame.signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];
  return outputs;
};

/** How the end of a part is called in the history; an execution that was stopped tells of none. */
export const endingOf = (error: unknown): 'Failed' | 'Aborted' | undefined => {
  if (error instanceof StateError) return 'Failed';
  return error instanceof SiblingFailed ? 'Aborted' : undefined;
};
