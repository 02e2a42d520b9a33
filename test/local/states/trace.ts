import { setImmediate } from 'node:timers/promises';
import { readDefinition } from '../../../local/states/definition/read.ts';
import type { HistoryEvent } from '../../../local/states/interpreter/history.ts';
import { interpret, type Outcome } from '../../../local/states/interpreter/interpret.ts';
import type { Ports, TaskCall } from '../../../local/states/interpreter/run.ts';
import type { Json } from '../../../local/states/json.ts';

/** Time that passes only when nothing else can happen. */
export const virtualClock = (start = Date.parse('2026-01-01T00:00:00Z')) => {
  let now = start;
  const sleepers = new Set<{ due: number; wake: () => void }>();
  const slept: number[] = [];
  const idle = async () => {
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  };
  let watching = false;
  const watch = async () => {
    if (watching) return;
    watching = true;
    while (sleepers.size > 0) {
      await idle();
      const [first] = [...sleepers].toSorted((a, b) => a.due - b.due);
      if (!first) break;
      sleepers.delete(first);
      now = Math.max(now, first.due);
      first.wake();
    }
    watching = false;
  };
  const sleep: Ports['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      slept.push(ms / 1000);
      const sleeper = { due: now + ms, wake: resolve };
      const abort = () => {
        sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      sleepers.add(sleeper);
      void watch();
    });
  return { now: () => now, sleep, slept };
};

type Clock = ReturnType<typeof virtualClock>;

/** What a task of a test does. */
export type Task = (call: TaskCall & { attempt: number; clock: Clock }) => Json | Promise<Json>;

export interface Setup {
  readonly input?: Json;
  readonly task?: Task;
  readonly random?: () => number;
  readonly stop?: AbortSignal;
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface Trace {
  readonly outcome: Outcome;
  readonly output: Json | undefined;
  readonly events: readonly HistoryEvent[];
  /** Types of the events, in order. */
  readonly types: readonly string[];
  /** Names of the states entered, in order. */
  readonly path: readonly string[];
  /** Seconds of each wait, in order. */
  readonly slept: readonly number[];
}

const identity = (input: Json, startTime: number) => ({
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:run',
  name: 'run',
  roleArn: 'arn:aws:iam::123456789012:role/machine',
  machineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine',
  machineName: 'machine',
  region: 'us-east-1',
  startTime,
  input,
});

export const TASK = 'arn:aws:states:::lambda:invoke';

/** Interprets a definition, or the states of one that starts at the first, in virtual time. */
export const trace = async (definition: object, setup: Setup = {}): Promise<Trace> => {
  const { input = {}, task = () => null, random = () => 1 } = setup;
  const whole =
    'States' in definition ? definition : { StartAt: Object.keys(definition)[0], States: definition };
  const read = readDefinition({ QueryLanguage: 'JSONata', ...whole }, () => undefined);
  const clock = virtualClock();
  const events: HistoryEvent[] = [];
  let attempt = 0;
  const outcome = await interpret({
    definition: read,
    identity: identity(input, clock.now()),
    ports: {
      ...clock,
      random,
      call: async (call) => {
        attempt += 1;
        return await task({ ...call, attempt, clock });
      },
    },
    record: (event) => {
      events.push(event);
      setup.onEvent?.(event);
    },
    stop: setup.stop ?? new AbortController().signal,
  });
  return {
    outcome,
    output: outcome.status === 'SUCCEEDED' ? outcome.output : undefined,
    events,
    types: events.map(({ type }) => type),
    path: events.flatMap(({ stateEnteredEventDetails: details }) =>
      details ? [(details as { name: string }).name] : [],
    ),
    slept: clock.slept,
  };
};
