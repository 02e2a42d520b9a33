/** The process of the benchmark of load, its environment that of the function in Lambda. */
import { customerBody } from './lives/customer.ts';
import { callerOf, loadHandler, recordOf, type Call } from './request.ts';
import { answerJob, type Make } from './turns.ts';

/** How many calls under way at once, and how many in each block of each round. */
export interface LoadJob {
  readonly api: string;
  readonly bare: string;
  readonly concurrencies: readonly number[];
  readonly rounds: number;
  readonly calls: number;
}

/** One block of calls: milliseconds of each, and of the whole. */
export interface Block {
  readonly times: readonly number[];
  readonly elapsed: number;
}

/** Blocks of the handler and of the bare one, those of one index beside each other. */
export interface LoadResult {
  readonly kind: 'GET' | 'POST';
  readonly concurrency: number;
  readonly handler: readonly Block[];
  readonly bare: readonly Block[];
}

const runBlock = async (make: Make, calls: number, concurrency: number): Promise<Block> => {
  const times: number[] = [];
  let left = calls;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const begin = performance.now();
      await make();
      times.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { times, elapsed: performance.now() - begin };
};

const measure = async (
  { handler, bare }: Readonly<Record<'handler' | 'bare', Make>>,
  concurrency: number,
  { rounds, calls }: LoadJob,
): Promise<Pick<LoadResult, 'handler' | 'bare'>> => {
  const blocks = { handler: new Array<Block>(), bare: new Array<Block>() };
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) blocks.handler.push(await runBlock(handler, calls, concurrency));
    blocks.bare.push(await runBlock(bare, calls, concurrency));
    if (round % 2 === 1) blocks.handler.push(await runBlock(handler, calls, concurrency));
  }
  return blocks;
};

const post = (call: Call) => call({ status: 201, method: 'POST', route: '/customers', body: customerBody() });

answerJob(async (job: LoadJob): Promise<LoadResult[]> => {
  const calls = {
    handler: callerOf(await loadHandler(job.api)),
    bare: callerOf(await loadHandler(job.bare)),
  };
  const { id } = recordOf(await post(calls.handler));
  const get = (call: Call) => call({ status: 200, method: 'GET', route: '/customers/{id}', id });
  const kinds = { GET: get, POST: post } as const;
  const results: LoadResult[] = [];
  for (const kind of ['GET', 'POST'] as const) {
    const makers = { handler: () => kinds[kind](calls.handler), bare: () => kinds[kind](calls.bare) };
    await measure(makers, 8, { ...job, rounds: 2 });
    for (const concurrency of job.concurrencies)
      results.push({ kind, concurrency, ...(await measure(makers, concurrency, job)) });
  }
  return results;
});
