/**
 * Runs `work` on every item, at most `limit` at a time, and answers in the order of the items. Rejects with the
 * first failure; items not yet begun are then left alone.
 *
 * @example
 * await inParallel(views, 5, runView);
 */
export const inParallel = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
};
