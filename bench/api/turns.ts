export type Make = () => Promise<unknown>;

const timed = async (make: Make): Promise<number> => {
  const begin = performance.now();
  await make();
  return performance.now() - begin;
};

/**
 * Times each once, one after the other. With the round who goes first moves on, so that whatever else the machine does
 * meets all alike. In milliseconds.
 *
 * @example
 * const { handler, bare } = await takeTurns({ handler, bare }, round);
 */
export const takeTurns = async <K extends string>(
  makers: Readonly<Record<K, Make>>,
  round: number,
): Promise<Record<K, number>> => {
  const names = Object.keys(makers) as K[];
  const times = {} as Record<K, number>;
  for (const index of names.keys()) {
    const name = names[(index + round) % names.length] as K;
    times[name] = await timed(makers[name]);
  }
  return times;
};

/** Answers the job this process was made for, and ends it. */
export const answerJob = (work: (job: never) => Promise<unknown>): void => {
  process.once('message', (job) => {
    void work(job as never).then((result) => process.send?.(result, () => process.disconnect()));
  });
};
