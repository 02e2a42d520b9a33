/** The process is gone. */
class Crash extends Error {
  override readonly message = 'The process is gone';
}

type Send = (input: unknown) => Promise<unknown>;

/**
 * A store whose process dies at one of its calls, counted from 1: before the call has reached the table, or after,
 * so that nobody hears what became of it. Nothing works any more then. `calls()` is how many were made.
 */
export const crashingStore = <S extends object>(store: S, at: number, when: 'before' | 'after') => {
  let count = 0;
  const wrap =
    (send: Send): Send =>
    async (input) => {
      count += 1;
      if (count > at || (count === at && when === 'before')) throw new Crash();
      const answer = await send(input);
      if (count >= at) throw new Crash();
      return answer;
    };
  const crashing = Object.fromEntries(
    Object.entries(store).map(([name, send]) => [name, wrap(send as Send)]),
  ) as S;
  return { store: crashing, calls: () => count };
};
