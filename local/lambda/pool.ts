import { randomUUID } from 'node:crypto';
import { type Cloud, AwsError } from '../service.ts';
import type { FunctionConfig } from './config.ts';
import { type Credentials, environment } from './environment.ts';
import { type FunctionLog, lineSplitter, openLog } from './logs.ts';
import type { Outcome } from './protocol.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

/** One invocation as the pool runs it. */
export interface Job {
  readonly requestId: string;
  readonly arn: string;
  readonly event: string;
  readonly traceId: string;
}

/** How a job ended, and the last lines it logged. */
export interface Done extends Outcome {
  readonly tail: string;
}

/** The workers of one function. */
export interface Pool {
  /** Runs a job; `killed` ends its worker under it. */
  run(job: Job, killed?: AbortSignal): Promise<Done>;
  /** How many workers there are. */
  size(): number;
  /** Resolves once nothing runs any more and every worker is gone. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly credentials: Credentials;
  readonly maxWorkers: number;
  readonly idleMs: number;
}

interface Slot {
  readonly sandbox: Sandbox;
  readonly lines: ReturnType<typeof lineSplitter>;
  /** Lines of the running invocation, for `LogType: Tail`. */
  tail: string[];
  reaper: NodeJS.Timeout | undefined;
}

/** AWS's limit on concurrent executions of an account, which a function without a reservation draws on. */
const ACCOUNT_CONCURRENCY = 1000;

/**
 * Runs invocations on workers of which there are at most `maxWorkers`. What arrives while all are busy waits in line,
 * first come first served; what exceeds the function's concurrency (its reservation, or the account's 1,000) is
 * throttled at once, as AWS does. A worker idle for `idleMs` is stopped, but the last one stays warm.
 */
export const openPool = (cloud: Cloud, config: FunctionConfig, options: PoolOptions): Pool => {
  const limit = config.reserved ?? ACCOUNT_CONCURRENCY;
  const state: State = {
    cloud,
    config,
    options,
    log: openLog(cloud, config.name),
    slots: new Set(),
    idle: [],
    waiting: [],
    closed: false,
    growing: false,
  };
  let active = 0;
  return {
    run: async (job, killed) => {
      if (active >= limit) throw throttled(config, limit);
      active += 1;
      try {
        return await runOn(state, await acquire(state), job, killed);
      } finally {
        active -= 1;
      }
    },
    size: () => state.slots.size,
    close: async () => {
      state.closed = true;
      for (const waiter of state.waiting.splice(0)) waiter.reject(stopping());
      await Promise.all([...state.slots].map(async (slot) => await retire(state, slot)));
      await state.log.close();
    },
  };
};

interface State {
  readonly cloud: Cloud;
  readonly config: FunctionConfig;
  readonly options: PoolOptions;
  readonly log: FunctionLog;
  readonly slots: Set<Slot>;
  /** The most recently used worker is at the end and is taken first. */
  readonly idle: Slot[];
  readonly waiting: { resolve: (slot: Slot) => void; reject: (error: Error) => void }[];
  closed: boolean;
  /** Whether a worker is about to be added. */
  growing: boolean;
}

const throttled = (config: FunctionConfig, limit: number) =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Reason:
      config.reserved === undefined
        ? 'ConcurrentInvocationLimitExceeded'
        : 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Detail: `${config.name} already runs ${limit} invocations.`,
  });

const acquire = async (state: State): Promise<Slot> => {
  for (let slot = state.idle.pop(); slot; slot = state.idle.pop()) {
    clearTimeout(slot.reaper);
    if (slot.sandbox.alive()) return slot;
    state.slots.delete(slot);
  }
  if (state.slots.size === 0) return open(state);
  return await new Promise((resolve, reject) => {
    state.waiting.push({ resolve, reject });
    growSoon(state);
  });
};

/**
 * Another worker is started when jobs still wait this long, in milliseconds, after the last one has started: most handlers end
 * sooner than a cold start takes, and many cold starts at once slow everything down.
 */
const GROW_AFTER_MS = 100;

const growSoon = (state: State): void => {
  if (state.growing || state.slots.size >= state.options.maxWorkers) return;
  state.growing = true;
  void Promise.all([...state.slots].map(({ sandbox }) => sandbox.started)).then(() =>
    setTimeout(() => void grow(state), GROW_AFTER_MS),
  );
};

const grow = async (state: State): Promise<void> => {
  const needed = !state.closed && state.waiting.length > 0 && state.slots.size < state.options.maxWorkers;
  if (needed) {
    const slot = open(state);
    await slot.sandbox.started;
    offer(state, slot);
  }
  state.growing = false;
  if (needed && state.waiting.length > 0) growSoon(state);
};

const open = (state: State): Slot => {
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
  const tail: string[] = [];
  const onLine = (line: string) => {
    slot.tail.push(line);
    state.log.line(line);
  };
  const lines = lineSplitter(onLine);
  const sandbox = startSandbox({
    config: state.config,
    environment: environment(state.cloud, state.config, state.options.credentials, logStream),
    logStream,
    onLog: lines.push,
  });
  const slot: Slot = { sandbox, lines, tail, reaper: undefined };
  state.slots.add(slot);
  return slot;
};

const runOn = async (state: State, slot: Slot, job: Job, killed?: AbortSignal): Promise<Done> => {
  const platform = (line: string) => {
    slot.tail.push(line);
    state.log.platform(line);
  };
  slot.tail = [];
  platform(`START RequestId: ${job.requestId} Version: $LATEST`);
  const cold = slot.sandbox.initMs() === undefined;
  const begun = performance.now();
  const end = () => void slot.sandbox.stop();
  killed?.addEventListener('abort', end);
  const outcome = await slot.sandbox.run(job);
  killed?.removeEventListener('abort', end);
  slot.lines.flush();
  if (outcome.killed)
    state.log.line(`${new Date().toISOString()}\t${job.requestId}\tERROR\t${outcome.killed}`);
  platform(`END RequestId: ${job.requestId}`);
  platform(
    reportLine(
      state.config,
      job.requestId,
      performance.now() - begun,
      cold ? slot.sandbox.initMs() : undefined,
    ),
  );
  const tail = slot.tail.join('\n');
  release(state, slot);
  return { ...outcome, tail };
};

const reportLine = (
  config: FunctionConfig,
  requestId: string,
  elapsedMs: number,
  init: number | undefined,
) => {
  const duration = Math.max(0, elapsedMs - (init ?? 0));
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(duration)} ms`,
    `Memory Size: ${config.memoryMb} MB`,
    ...(init === undefined ? [] : [`Init Duration: ${init.toFixed(2)} ms`]),
  ].join('\t');
};

const stopping = () => new AwsError('ServiceException', 'The local cloud is stopping.', 500);

const release = (state: State, slot: Slot) => {
  if (state.closed) return;
  if (slot.sandbox.alive()) return offer(state, slot);
  state.slots.delete(slot);
  state.waiting.shift()?.resolve(open(state));
};

/** Gives a worker to whoever waits longest, be it one whose cold start failed: the job then ends with that error. */
const offer = (state: State, slot: Slot): void => {
  const next = state.waiting.shift();
  if (next) return next.resolve(slot);
  if (!slot.sandbox.alive()) return void state.slots.delete(slot);
  state.idle.push(slot);
  slot.reaper = setTimeout(() => reap(state, slot), state.options.idleMs).unref();
};

const reap = (state: State, slot: Slot) => {
  if (state.slots.size <= 1) return;
  state.idle.splice(state.idle.indexOf(slot), 1);
  void retire(state, slot);
};

const retire = async (state: State, slot: Slot) => {
  clearTimeout(slot.reaper);
  state.slots.delete(slot);
  await slot.sandbox.stop();
};
