import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { synthesize } from '../cli/dev/synth.ts';
import { writeApplication } from '../test/e2e/application.ts';
import { BENCH_STAGE, startBenchCloud, type BenchCloud } from './cloud.ts';
import { startBenchEngine } from './engine.ts';
import { median, percentile } from './statistics.ts';
import { temporaryFolder } from './workspace.ts';

/** How long calls of the API take while the lake works and while it stands still, in milliseconds. */
export interface IsolationFigures {
  readonly calls: number;
  /** Whether both paths had a processor each. */
  readonly pinned: boolean;
  readonly loaded: { readonly p50: number; readonly p99: number };
  readonly idle: { readonly p50: number; readonly p99: number };
  /** Of the slowest hundredth: the middle of the ratios of blocks beside each other. */
  readonly ratio: number;
  /** Questions the lake answered meanwhile. */
  readonly questions: number;
}

const [ROUNDS, CALLS, CONCURRENCY, QUESTIONS] = [8, 200, 2, 3];
const [API_CPU, LAKE_CPU] = [0, 1];

const QUESTION =
  'SELECT country, count(*) AS n, max(change_version) AS v FROM customers_history GROUP BY country ORDER BY n';

/** Keeps this process, and all it starts from now on, on one processor. False where that cannot be. */
const pin = (): boolean => {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-acp', String(API_CPU), String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const unpin = (): void =>
  void execFileSync('taskset', ['-acp', `0-${LAKE_CPU}`, String(process.pid)], { stdio: 'ignore' });

/** A create and two reads of it, each timed. */
const callApi = async (api: string, authorization: string, number: number): Promise<number[]> => {
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: `isolation${number}@example.com`, name: 'Isolation', country: 'DE' });
  const times: number[] = [];
  const timed = async (path: string, init: RequestInit, status: number): Promise<string> => {
    const begin = performance.now();
    const response = await fetch(`${api}${path}`, { ...init, headers });
    const text = await response.text();
    times.push(performance.now() - begin);
    if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  };
  const { id } = JSON.parse(await timed('/customers', { method: 'POST', body }, 201)) as { id: string };
  await timed(`/customers/${id}`, {}, 200);
  await timed(`/customers/${id}`, {}, 200);
  return times;
};

const blocks = (application: BenchCloud, authorization: string) => {
  let number = 0;
  return async (): Promise<number[]> => {
    const last = number + CALLS;
    const times: number[] = [];
    const client = async (): Promise<void> => {
      while (number < last) times.push(...(await callApi(application.api, authorization, (number += 1))));
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, client));
    return times;
  };
};

/** Asks the lake questions, some at once, as long as the work takes. Gives how many it answered. */
const underQuestions = async (lake: BenchCloud, work: Promise<unknown>): Promise<number> => {
  const state = { working: true, answered: 0 };
  const asking = async (): Promise<void> => {
    while (state.working) {
      await lake.sql(QUESTION);
      state.answered += 1;
    }
  };
  const askers = Array.from({ length: QUESTIONS }, asking);
  await work.finally(() => {
    state.working = false;
  });
  await Promise.all(askers);
  return state.answered;
};

const summary = (all: readonly number[][]) => ({
  p50: percentile(all.flat(), 0.5),
  p99: percentile(all.flat(), 0.99),
});

const slowest = (block: readonly number[]): number => percentile(block, 0.99);

const figuresOf = (
  pinned: boolean,
  loaded: readonly number[][],
  idle: readonly number[][],
  questions: number,
): IsolationFigures => {
  const ratio = median(loaded.map((block, index) => slowest(block) / slowest(idle[index] ?? [])));
  return {
    calls: loaded.flat().length,
    pinned,
    loaded: summary(loaded),
    idle: summary(idle),
    ratio,
    questions,
  };
};

const measure = async (
  application: BenchCloud,
  lake: BenchCloud,
  pinned: boolean,
): Promise<IsolationFigures> => {
  const block = blocks(application, `Bearer ${await application.token()}`);
  const [loaded, idle]: number[][][] = [[], []];
  let questions = 0;
  const withLake = async (): Promise<void> => {
    const work = block();
    questions += await underQuestions(lake, work);
    loaded!.push(await work);
  };
  const withoutLake = async (): Promise<void> => {
    process.kill(lake.pid, 'SIGSTOP');
    idle!.push(await block().finally(() => process.kill(lake.pid, 'SIGCONT')));
  };
  await block();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const turn of round % 2 === 0 ? [withLake, withoutLake] : [withoutLake, withLake]) await turn();
  return figuresOf(pinned, loaded!, idle!, questions);
};

/**
 * Calls the API of the application stack while the lake stack relays every write and answers questions without a pause, and
 * while it stands still, in alternating blocks. Each stack is a process of its own on one DynamoDB engine; where `taskset` is
 * there, the application, the engine and the caller have one processor and the lake another. The lake reads the streams from that
 * engine, which on AWS costs the API nothing.
 *
 * @example
 * const { ratio } = await benchIsolation();
 */
export const benchIsolation = async (): Promise<IsolationFigures> => {
  using whole = temporaryFolder();
  using part = temporaryFolder();
  await synthesize({ outDir: whole.path, stage: BENCH_STAGE });
  const assembly = writeApplication(whole.path, part.path, BENCH_STAGE);
  const pinned = pin();
  try {
    await using engine = await startBenchEngine();
    const shared = { dynamoDbEndpoint: engine.endpoint, schedules: false };
    await using application = await startBenchCloud({ ...shared, assembly });
    await using lake = await startBenchCloud({
      ...shared,
      assembly: whole.path,
      ...(pinned && { cpu: LAKE_CPU }),
    });
    return await measure(application, lake, pinned);
  } finally {
    if (pinned) unpin();
  }
};
