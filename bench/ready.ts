import { startBenchCloud, type BenchCloud } from './cloud.ts';
import { median } from './statistics.ts';

/** Figures of one run, in seconds: medians over several starts on empty folders. */
export interface ReadyFigures {
  readonly starts: number;
  /** From starting `tailrace dev` to its line of addresses. */
  readonly readySeconds: number;
  readonly slowestReadySeconds: number;
  /** From the 201 of the first POST to its row in the answer of a query. */
  readonly rowInSqlSeconds: number;
  readonly slowestRowInSqlSeconds: number;
}

const STARTS = 5;
const LONGEST_WAIT_MS = 60_000;

const createProduct = async (cloud: BenchCloud): Promise<string> => {
  const answer = await fetch(`${cloud.api}/products`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await cloud.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Blue vase',
      category: 'home',
      price: { amount: 1999, currency: 'EUR' },
      stock: 3,
    }),
  });
  if (answer.status !== 201) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
};

/** Milliseconds until a row of that id is in the view; asks again as soon as it is answered. */
const untilVisible = async (cloud: BenchCloud, id: string): Promise<number> => {
  const begin = performance.now();
  while (performance.now() - begin < LONGEST_WAIT_MS) {
    const rows = await cloud.sql(`SELECT id FROM products WHERE id = '${id}'`);
    if (rows.length > 0) return performance.now() - begin;
  }
  throw new Error(`The row was not in SQL after ${LONGEST_WAIT_MS / 1000} s.`);
};

const measureStart = async (): Promise<{ ready: number; visible: number }> => {
  await using cloud = await startBenchCloud();
  const id = await createProduct(cloud);
  return { ready: cloud.readyMs / 1000, visible: (await untilVisible(cloud, id)) / 1000 };
};

/**
 * Starts the local cloud several times, after one start that is not counted and warms the caches of the checkout, and
 * follows the first record of each through the whole chain.
 *
 * @example
 * const { readySeconds } = await benchReady();
 */
export const benchReady = async (): Promise<ReadyFigures> => {
  await measureStart();
  const starts: { ready: number; visible: number }[] = [];
  while (starts.length < STARTS) starts.push(await measureStart());
  const [ready, visible] = [starts.map((start) => start.ready), starts.map((start) => start.visible)];
  return {
    starts: STARTS,
    readySeconds: median(ready),
    slowestReadySeconds: Math.max(...ready),
    rowInSqlSeconds: median(visible),
    slowestRowInSqlSeconds: Math.max(...visible),
  };
};
