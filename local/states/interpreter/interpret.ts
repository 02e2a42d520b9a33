import type { MachineDefinition } from '../definition/schema.ts';
import type { Json } from '../json.ts';
import { RUNTIME, StateError, TIMEOUT } from './errors.ts';
import { openHistory, payload, type History, type HistoryEvent } from './history.ts';
import { anySignal, type Frame, type Identity, type Ports } from './run.ts';
import { runStates } from './run-states.ts';

/** How an execution ended. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      readonly error?: string | undefined;
      readonly cause?: string | undefined;
    };

/** The reason a signal is aborted with to stop an execution. */
export class Stopped extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;

  constructor(error?: string, reason?: string) {
    super('The execution was stopped.');
    this.error = error;
    this.reason = reason;
  }
}

class MachineTimedOut extends Error {}

const endingOf = (thrown: unknown): Outcome => {
  if (thrown instanceof Stopped) return { status: 'ABORTED', error: thrown.error, cause: thrown.reason };
  if (thrown instanceof MachineTimedOut) return { status: 'TIMED_OUT', error: TIMEOUT };
  if (thrown instanceof StateError) return { status: 'FAILED', error: thrown.error, cause: thrown.reason };
  const cause = `The local cloud failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
  return { status: 'FAILED', error: RUNTIME, cause };
};

const EVENTS = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  TIMED_OUT: 'TimedOut',
  ABORTED: 'Aborted',
} as const;

/** Writes the last event of an execution. */
const close = (history: History, { chain }: Pick<Frame, 'chain'>, outcome: Outcome): void => {
  const name = EVENTS[outcome.status];
  const details =
    outcome.status === 'SUCCEEDED'
      ? payload('output', outcome.output)
      : { error: outcome.error, cause: outcome.cause };
  history.end(outcome.status === 'ABORTED' ? { previous: 0 } : chain, `Execution${name}`, {
    [`execution${name}EventDetails`]: details,
  });
};

/** What to interpret, for whom, and where its events go. */
export interface Interpretation {
  readonly definition: MachineDefinition;
  readonly identity: Identity;
  readonly ports: Ports;
  readonly record: (event: HistoryEvent) => void;
  /** Aborted with Stopped to end the execution. */
  readonly stop: AbortSignal;
}

/**
 * Interprets one execution of a state machine to its end. Everything it does goes through its ports, and it never
 * throws: an execution that goes wrong has an outcome that says so.
 *
 * @example
 * const { status } = await interpret({ definition, identity, ports, record: (event) => events.push(event), stop });
 */
export const interpret = async (what: Interpretation): Promise<Outcome> => {
  const { definition, identity, ports, record, stop } = what;
  const history = openHistory(() => ports.now(), record);
  const ended = new AbortController();
  const limit = new AbortController();
  const frame: Frame = {
    run: { ports, identity, history, variables: { bytes: 0 }, runStates },
    scope: { outer: undefined, own: new Map() },
    chain: { previous: 0 },
    signal: anySignal(stop, limit.signal),
  };
  const { input, roleArn } = identity;
  history.aside(frame.chain, 'ExecutionStarted', {
    executionStartedEventDetails: { ...payload('input', input), roleArn },
  });
  if (definition.TimeoutSeconds !== undefined)
    ports.sleep(definition.TimeoutSeconds * 1000, ended.signal).then(
      () => limit.abort(new MachineTimedOut()),
      () => undefined,
    );
  const outcome = await runStates(frame, definition, input).then(
    (output): Outcome => ({ status: 'SUCCEEDED', output }),
    endingOf,
  );
  ended.abort();
  close(history, frame, outcome);
  return outcome;
};
