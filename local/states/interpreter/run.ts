import { setMaxListeners } from 'node:events';
import type { StateMap } from '../definition/schema.ts';
import type { Json } from '../json.ts';
import type { Chain, History } from './history.ts';

/** A call a Task makes. */
export interface TaskCall {
  readonly resource: string;
  readonly parameters: Json;
  /** Aborted when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** Tells that the job runs, of a task that waits for its end. */
  submitted(output: Json): void;
}

/** What the interpreter needs of the world. */
export interface Ports {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** At least 0, below 1. */
  random(): number;
  /** Gives the result of a task; throws StateError when it fails. */
  call(call: TaskCall): Promise<Json>;
}

/** Who runs: what `$states.context` says of execution and machine. */
export interface Identity {
  readonly executionArn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly region: string;
  readonly startTime: number;
  readonly input: Json;
}

/** One execution, from its start to its end. */
export interface Run {
  readonly ports: Ports;
  readonly identity: Identity;
  readonly history: History;
  /** Bytes all variables of the execution have now. */
  readonly variables: { bytes: number };
  /** Runs the states of a level to their end; gives the output of the last. */
  runStates(frame: Frame, states: StateMap, input: Json): Promise<Json>;
}

/** Variables of a scope. An inner scope sees those around it. */
export interface Scope {
  readonly outer: Scope | undefined;
  readonly own: Map<string, Json>;
}

/** What the states of one level run in: the whole machine, a branch or an iteration. */
export interface Frame {
  readonly run: Run;
  readonly scope: Scope;
  readonly chain: Chain;
  readonly signal: AbortSignal;
  /** The item an iteration is for. */
  readonly item?: { readonly Index: number; readonly Value: Json };
}

/** Why a branch or iteration is aborted: another of the same state failed. */
export class SiblingFailed extends Error {}

/** A frame for states inside a state. */
export const innerFrame = (
  frame: Frame,
  signal: AbortSignal,
  previous: number,
  item?: Frame['item'],
): Frame => ({
  run: frame.run,
  scope: { outer: frame.scope, own: new Map() },
  chain: { previous },
  signal,
  ...((item ?? frame.item) && { item: item ?? frame.item }),
});

/** A signal that is aborted with the first of some. */
export const anySignal = (...signals: readonly AbortSignal[]): AbortSignal => {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
};

/** Settles as the promise does, but rejects at once when the signal is aborted. */
export const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
