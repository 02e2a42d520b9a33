import { execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../cli/dev/synth.ts';
import { writeApplication } from '../test/e2e/application.ts';
import { BENCH_STAGE, startBenchCloud, type BenchCloud } from './cloud.ts';
import { startBenchEngine } from './engine.ts';
import { median, percentile } from './statistics.ts';
import { supervise, temporaryFolder } from './workspace.ts';

/** Milliseconds a call of the API takes. */
export interface CallTimes {
  readonly p50: number;
  readonly p99: number;
}

/** How long calls of the API take, by what goes on beside them. */
export interface IsolationFigures {
  readonly calls: number;
  /** Whether both paths had a processor each. */
  readonly pinned: boolean;
  /** While the lake relays every write and answers questions. */
  readonly loaded: CallTimes;
  /** While the lake stands still. */
  readonly idle: CallTimes;
  /** While the lake stands still and its processor does nothing but read the streams: what DynamoDB does apart from the tables. */
  readonly read: CallTimes;
  /** While the lake stands still and an empty loop keeps its processor busy: what this machine takes for a second busy processor. */
  readonly busy: CallTimes;
  /** Of the slowest hundredth: the middle of the ratios of blocks beside each other. */
  readonly loadedToIdle: number;
  readonly loadedToRead: number;
  readonly busyToIdle: number;
  /** Questions the lake answered meanwhile. */
  readonly questions: number;
}

const [ROUNDS, CALLS, CONCURRENCY] = [8, 200, 2];

/** Between two calls of a client: the API has a processor to itself, and about a third of it to do. */
const PAUSE_MS = 20;

const [API_CPU, LAKE_CPU] = [0, 1];
const QUESTIONS = join(import.meta.dirname, 'questions.ts');
const STREAM_READERS = join(import.meta.dirname, 'stream-readers.ts');

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
  const price = { amount: 1 + number, currency: 'EUR' };
  const body = JSON.stringify({ name: `Isolation ${number}`, category: 'books', price, stock: number });
  const times: number[] = [];
  const timed = async (path: string, init: RequestInit, status: number): Promise<string> => {
    const begin = performance.now();
    const response = await fetch(`${api}${path}`, { ...init, headers });
    const text = await response.text();
    times.push(performance.now() - begin);
    await sleep(PAUSE_MS);
    if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  };
  const { id } = JSON.parse(await timed('/products', { method: 'POST', body }, 201)) as { id: string };
  await timed(`/products/${id}`, {}, 200);
  await timed(`/products/${id}`, {}, 200);
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

/** Work beside that of the API, which stands still until it is told to go on. */
interface Burden {
  goOn(): void;
  standStill(): void;
}

/** A process on the lake's processor. */
const spawnBeside = (pinned: boolean, ...words: readonly string[]) => {
  const [program, given] = pinned
    ? ['taskset', ['-c', String(LAKE_CPU), process.execPath, ...words]]
    : [process.execPath, words];
  return supervise(spawn(program, given, { stdio: ['ignore', 'pipe', 'inherit'], detached: true }));
};

const burdenOf = (pids: readonly number[]): Burden => {
  const signal = (name: NodeJS.Signals): void => pids.forEach((pid) => void process.kill(pid, name));
  return { goOn: () => signal('SIGCONT'), standStill: () => signal('SIGSTOP') };
};

const summary = (all: readonly number[][]): CallTimes => ({
  p50: percentile(all.flat(), 0.5),
  p99: percentile(all.flat(), 0.99),
});

const slowest = (block: readonly number[]): number => percentile(block, 0.99);

const ratioOf = (some: readonly number[][], others: readonly number[][]): number =>
  median(some.map((block, index) => slowest(block) / slowest(others[index] ?? [])));

const TURNS = ['loaded', 'read', 'busy', 'idle'] as const;

type Turn = (typeof TURNS)[number];

/** Each turn comes first as often as the others. */
const turnsOf = (round: number): Turn[] => TURNS.map((_, index) => TURNS[(round + index) % TURNS.length]!);

const burdensOf = (lake: BenchCloud, engine: string, pinned: boolean) => {
  const questions = spawnBeside(pinned, QUESTIONS, lake.aws);
  const readers = spawnBeside(pinned, STREAM_READERS, engine);
  const loop = spawnBeside(pinned, '--eval', 'for (;;);');
  const answered = { questions: 0 };
  questions.stdout.on('data', (bytes: Buffer) => {
    answered.questions += bytes.length;
  });
  const burdens: Record<Turn, Burden> = {
    loaded: burdenOf([lake.pid, questions.pid ?? 0]),
    read: burdenOf([readers.pid ?? 0]),
    busy: burdenOf([loop.pid ?? 0]),
    idle: burdenOf([]),
  };
  const end = (): void => {
    burdens.loaded.goOn();
    for (const child of [questions, readers, loop]) child.kill('SIGKILL');
  };
  return { burdens, answered, end };
};

const measure = async (
  application: BenchCloud,
  lake: BenchCloud,
  engine: string,
  pinned: boolean,
): Promise<IsolationFigures> => {
  const block = blocks(application, `Bearer ${await application.token()}`);
  const { burdens, answered, end } = burdensOf(lake, engine, pinned);
  const times: Record<Turn, number[][]> = { loaded: [], read: [], busy: [], idle: [] };
  burdens.busy.standStill();
  await block();
  for (const turn of ['loaded', 'read'] as const) burdens[turn].standStill();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const turn of turnsOf(round)) {
      burdens[turn].goOn();
      // What came while it stood still is history: the load is what comes now.
      if (turn === 'loaded') await lake.flush();
      times[turn].push(await block().finally(() => burdens[turn].standStill()));
    }
  end();
  return {
    calls: times.loaded.flat().length,
    pinned,
    loaded: summary(times.loaded),
    idle: summary(times.idle),
    read: summary(times.read),
    busy: summary(times.busy),
    loadedToIdle: ratioOf(times.loaded, times.idle),
    loadedToRead: ratioOf(times.loaded, times.read),
    busyToIdle: ratioOf(times.busy, times.idle),
    questions: answered.questions,
  };
};

/**
 * Calls the API of the application stack while the lake stack relays every write and answers questions without a pause, and
 * while it stands still, in blocks turn about. Each stack is a process of its own on one DynamoDB engine. Where `taskset` is there,
 * the application, the engine and the caller have one processor, of which they need a third, and the lake another. The lake
 * reads the streams from that engine, beside the API; on AWS that costs the API nothing, so a bare reader of them is measured too.
 * The records have no personal fields: keys of new subjects would be written to that engine as well.
 *
 * @example
 * const { loadedToIdle } = await benchIsolation();
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
    return await measure(application, lake, engine.endpoint, pinned);
  } finally {
    if (pinned) unpin();
  }
};
