import { Worker } from 'node:worker_threads';
import type { FunctionConfig } from './config.ts';
import { exited, initTimedOut, outOfMemory, timedOut } from './failures.ts';
import { workerProgram } from './program.ts';
import type { Invocation, Outcome, Start, WorkerMessage } from './protocol.ts';

/** One worker: an execution environment that runs one invocation at a time. */
export interface Sandbox {
  /** Milliseconds the cold start took; undefined until it is over. */
  initMs(): number | undefined;
  /** Resolves once the cold start is over, well or not. */
  readonly started: Promise<void>;
  /** False once the worker is gone; it then takes no further invocation. */
  alive(): boolean;
  run(invocation: Omit<Invocation, 'deadline'>): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly config: FunctionConfig;
  readonly environment: Readonly<Record<string, string>>;
  readonly logStream: string;
  readonly onLog: (text: string) => void;
}

/** Lambda's limit on the initialisation of a function. */
const INIT_TIMEOUT_MS = 10_000;

/** Starts a worker for a function; it begins to load the bundle at once. */
export const startSandbox = ({ config, environment, logStream, onLog }: SandboxOptions): Sandbox => {
  const worker = new Worker(workerProgram(), {
    name: config.name,
    env: { ...environment },
    execArgv: [],
    stdout: true,
    stderr: true,
    workerData: startOf(config, logStream),
    resourceLimits: { maxOldGenerationSizeMb: config.memoryMb },
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.on('data', (chunk: Buffer) => onLog(chunk.toString()));
  const life = watch(worker, onLog);
  return {
    started: life.started.promise,
    initMs: () => life.initMs,
    alive: () => life.alive,
    run: async (invocation) => await run(worker, life, config, invocation),
    stop: async () => {
      life.alive = false;
      await worker.terminate();
    },
  };
};

/** What is known of a worker, and who waits for its next answer. */
interface Life {
  alive: boolean;
  ready: boolean;
  readonly started: PromiseWithResolvers<void>;
  initMs: number | undefined;
  /** Set once it cannot run anything more: the outcome of whatever was asked of it. */
  ended: ((requestId: string) => Outcome) | undefined;
  onReady: () => void;
  onOutcome: (outcome: Outcome) => void;
  onEnd: () => void;
}

const nothing = () => {};

const watch = (worker: Worker, onLog: (text: string) => void): Life => {
  const begun = performance.now();
  const life: Life = {
    alive: true,
    ready: false,
    started: Promise.withResolvers<void>(),
    initMs: undefined,
    ended: undefined,
    onReady: nothing,
    onOutcome: nothing,
    onEnd: nothing,
  };
  const end = (ended: (requestId: string) => Outcome) => {
    life.alive = false;
    life.ended ??= ended;
    life.started.resolve();
    life.onEnd();
  };
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'log') return onLog(message.text);
    if (message.type === 'initError') return end(() => ({ payload: message.payload, failed: true }));
    if (message.type !== 'ready')
      return life.onOutcome({ payload: message.payload, failed: message.type === 'error' });
    life.ready = true;
    life.started.resolve();
    life.initMs = performance.now() - begun;
    life.onReady();
  });
  worker.on('error', (error: NodeJS.ErrnoException) =>
    end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory : exited(`error: ${error.message}`)),
  );
  worker.on('exit', (code) => end(exited(code)));
  return life;
};

const run = (worker: Worker, life: Life, config: FunctionConfig, invocation: Omit<Invocation, 'deadline'>) =>
  new Promise<Outcome>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      Object.assign(life, { onReady: nothing, onOutcome: nothing, onEnd: nothing });
      resolve(outcome);
    };
    const kill = (outcome: Outcome) => {
      life.alive = false;
      settle(outcome);
      void worker.terminate();
    };
    life.onOutcome = settle;
    life.onEnd = () => settle(life.ended?.(invocation.requestId) ?? outOfMemory(invocation.requestId));
    life.onReady = () => {
      clearTimeout(timer);
      timer = setTimeout(() => kill(timedOut(invocation.requestId, config.timeoutMs)), config.timeoutMs);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
      worker.postMessage({ ...invocation, deadline: Date.now() + config.timeoutMs } satisfies Invocation);
    };
    if (life.ended) return life.onEnd();
    if (life.ready) return life.onReady();
    timer = setTimeout(() => kill(initTimedOut(invocation.requestId, INIT_TIMEOUT_MS)), INIT_TIMEOUT_MS);
  });

const startOf = (config: FunctionConfig, logStream: string): Start => ({
  codeDir: config.codeDir,
  handler: config.handler,
  functionName: config.name,
  memoryMb: config.memoryMb,
  logGroup: config.logGroup,
  logStream,
  logFormat: config.logFormat,
});
