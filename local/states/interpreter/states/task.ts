import type { TaskState } from '../../definition/schema.ts';
import type { Json } from '../../json.ts';
import { StateError, TIMEOUT } from '../errors.ts';
import { evaluate, evaluateWhole } from '../evaluate.ts';
import { payload } from '../history.ts';
import { checkPayload } from '../limits.ts';
import { anySignal, unlessAborted, type Frame, type TaskCall } from '../run.ts';
import { bindingsOf, type Exit, type Visit } from '../visit.ts';

const PREFIX = 'arn:aws:states:::';

/** `arn:aws:states:::athena:startQueryExecution.sync` is the resource of a resource type `athena`. */
const eventNames = (resource: string): { resourceType: string; resource: string } => {
  const parts = resource.slice(PREFIX.length).split(':');
  const length = parts[0] === 'aws-sdk' ? 2 : 1;
  return { resourceType: parts.slice(0, length).join(':'), resource: parts.slice(length).join(':') };
};

class TimedOut extends Error {}

/** Runs a call that may take so many seconds; throws TimedOut when they are over. */
const within = async (
  { run, signal }: Frame,
  seconds: number | undefined,
  call: (signal: AbortSignal) => Promise<Json>,
): Promise<Json> => {
  const own = new AbortController();
  const either = anySignal(signal, own.signal);
  const limit = async (): Promise<never> => {
    await run.ports.sleep((seconds ?? 0) * 1000, either);
    throw new TimedOut();
  };
  try {
    const running = unlessAborted(call(either), signal);
    return await (seconds === undefined ? running : Promise.race([running, limit()]));
  } finally {
    own.abort(new TimedOut());
  }
};

const failedEvent = (error: unknown, names: object): [string, object] | undefined => {
  if (error instanceof TimedOut)
    return ['TaskTimedOut', { taskTimedOutEventDetails: { error: TIMEOUT, ...names } }];
  if (!(error instanceof StateError)) return undefined;
  return ['TaskFailed', { taskFailedEventDetails: { error: error.error, cause: error.reason, ...names } }];
};

/** Makes the call and tells of each step. */
const call = async (visit: Visit, state: TaskState, parameters: Json, seconds?: number): Promise<Json> => {
  const { run, chain } = visit.frame;
  const names = eventNames(state.Resource);
  const add = (type: string, details: object) => run.history.add(chain, type, details);
  const timeout = seconds === undefined ? {} : { timeoutInSeconds: seconds };
  const scheduled = {
    parameters: JSON.stringify(parameters),
    region: run.identity.region,
    ...names,
    ...timeout,
  };
  add('TaskScheduled', { taskScheduledEventDetails: scheduled });
  add('TaskStarted', { taskStartedEventDetails: names });
  const submitted: TaskCall['submitted'] = (output) =>
    void add('TaskSubmitted', { taskSubmittedEventDetails: { ...payload('output', output), ...names } });
  try {
    const result = await within(visit.frame, seconds, (signal) =>
      run.ports.call({ resource: state.Resource, parameters, signal, submitted }),
    );
    checkPayload(result, names.resourceType);
    add('TaskSucceeded', { taskSucceededEventDetails: { ...payload('output', result), ...names } });
    return result;
  } catch (error) {
    const event = failedEvent(error, names);
    if (event) add(...event);
    throw error instanceof TimedOut ? new StateError(TIMEOUT) : error;
  }
};

/** Calls a service and gives what it answers. */
export const task = async (visit: Visit, state: TaskState): Promise<Exit> => {
  const bindings = bindingsOf(visit);
  const parameters = await evaluate(state.Arguments ?? {}, bindings, 'Arguments');
  checkPayload(parameters, visit.name);
  const seconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : await evaluateWhole(state.TimeoutSeconds, bindings, 'TimeoutSeconds');
  const result = await call(visit, state, parameters, seconds);
  const { Output, Assign, Next } = state;
  return { values: { result }, fallback: result, Output, Assign, next: Next };
};
