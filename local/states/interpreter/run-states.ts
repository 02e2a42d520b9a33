import { setImmediate } from 'node:timers/promises';
import type { Catcher, Retrier, State, StateMap } from '../definition/schema.ts';
import type { Json, JsonObject } from '../json.ts';
import { errorOutput, matches, QUERY, QueryError, StateError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { payload } from './history.ts';
import { assignVariables, checkPayload } from './limits.ts';
import { nextAttempt, type Attempts } from './retry.ts';
import { SiblingFailed, type Frame } from './run.ts';
import { map } from './states/map.ts';
import { parallel } from './states/parallel.ts';
import { choice, fail, pass, succeed, wait } from './states/simple.ts';
import { task } from './states/task.ts';
import { bindingsOf, enter, type Exit, type Visit } from './visit.ts';

type Performers = {
  readonly [T in State['Type']]: (visit: Visit, state: Extract<State, { Type: T }>) => Promise<Exit> | Exit;
};

const performers: Performers = {
  Pass: pass,
  Choice: choice,
  Wait: wait,
  Succeed: succeed,
  Fail: fail,
  Task: task,
  Parallel: parallel,
  Map: map,
};

const perform = async (visit: Visit, state: State): Promise<Exit> =>
  await performers[state.Type](visit, state as never);

interface Left {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Makes output and variables, all from the values there were on entry, and leaves the state. */
const leave = async (visit: Visit, { Type }: State, exit: Exit): Promise<Left> => {
  const { frame, name } = visit;
  const { at = '', next } = exit;
  const bindings = bindingsOf(visit, exit.values);
  const output =
    exit.Output === undefined ? exit.fallback : await evaluate(exit.Output, bindings, `${at}Output`);
  const assigned = (await evaluate(exit.Assign ?? {}, bindings, `${at}Assign`)) as JsonObject;
  checkPayload(output, name);
  assignVariables(frame, assigned, name);
  const texts = Object.fromEntries(
    Object.entries(assigned).map(([key, value]) => [key, JSON.stringify(value)]),
  );
  frame.run.history.add(frame.chain, `${Type}StateExited`, {
    stateExitedEventDetails: {
      name,
      ...payload('output', output),
      ...(exit.Assign && { assignedVariables: texts, assignedVariablesDetails: { truncated: false } }),
    },
  });
  return { output, next };
};

/** The error a state reports; whatever else was thrown is thrown again. */
const failureOf = ({ frame, name, entered }: Visit, thrown: unknown): StateError => {
  if (thrown instanceof StateError) return thrown;
  if (!(thrown instanceof QueryError)) throw thrown;
  const cause = `An error occurred while executing the state '${name}' (entered at the event id #${entered}). ${thrown.message}`;
  frame.run.history.add(frame.chain, 'EvaluationFailed', {
    evaluationFailedEventDetails: { state: name, error: QUERY, cause, location: thrown.location },
  });
  return new StateError(QUERY, cause);
};

interface Handlers {
  readonly Retry?: readonly Retrier[] | undefined;
  readonly Catch?: readonly Catcher[] | undefined;
}

const caught = async (visit: Visit, state: State, error: StateError): Promise<Left> => {
  const catchers = (state as Handlers).Catch ?? [];
  const index = catchers.findIndex((one) => matches(one, error));
  const catcher = catchers[index];
  if (!catcher) throw error;
  const value = errorOutput(error);
  const { Output, Assign, Next } = catcher;
  const exit = { values: { errorOutput: value }, fallback: value, Output, Assign, next: Next };
  return await leave(visit, state, { ...exit, at: `Catch[${index}]/` }).catch((thrown: unknown) =>
    Promise.reject(failureOf(visit, thrown)),
  );
};

/** Performs a state, again when a retrier says so; what is left of an error goes to the catchers. */
const attempt = async (visit: Visit, state: State): Promise<Left> => {
  const { ports } = visit.frame.run;
  const attempts: Attempts = new Map();
  for (;;) {
    try {
      return await leave(visit, state, await perform(visit, state));
    } catch (thrown) {
      const error = failureOf(visit, thrown);
      const retriers = (state as Handlers).Retry ?? [];
      const seconds = nextAttempt(retriers, attempts, error, () => ports.random());
      if (seconds === undefined) return await caught(visit, state, error);
      await ports.sleep(seconds * 1000, visit.frame.signal);
      visit.retries += 1;
    }
  }
};

const ABORTABLE = new Set(['Task', 'Map', 'Parallel', 'Wait']);

const runState = async (frame: Frame, name: string, state: State, input: Json): Promise<Left> => {
  await setImmediate();
  frame.signal.throwIfAborted();
  try {
    return await attempt(enter(frame, name, state, input), state);
  } catch (error) {
    if (error instanceof SiblingFailed && ABORTABLE.has(state.Type))
      frame.run.history.add(frame.chain, `${state.Type}StateAborted`);
    throw error;
  }
};

/** Runs the states of a level, one after the other, to the end of the last; gives its output. */
export const runStates = async (frame: Frame, states: StateMap, input: Json): Promise<Json> => {
  let next: string | undefined = states.StartAt;
  let value = input;
  while (next !== undefined) {
    const name: string = next;
    const state = states.States[name];
    if (!state) throw new Error(`There is no state ${name}.`);
    const left = await runState(frame, name, state, value);
    value = left.output;
    next = left.next;
  }
  return value;
};
