import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from '../../definition/schema.ts';
import { QueryError, StateError } from '../errors.ts';
import { evaluateTo, evaluateWhole } from '../evaluate.ts';
import { bindingsOf, type Exit, type Visit } from '../visit.ts';

type Handler<S> = (visit: Visit, state: S) => Promise<Exit> | Exit;

export const pass: Handler<PassState> = ({ input }, { Output, Assign, Next }) => ({
  values: {},
  fallback: input,
  Output,
  Assign,
  next: Next,
});

export const succeed: Handler<SucceedState> = ({ input }, { Output }) => ({
  values: {},
  fallback: input,
  Output,
  next: undefined,
});

export const fail: Handler<FailState> = async (visit, { Error, Cause }) => {
  const text = async (field: string, template: string | undefined) =>
    template === undefined
      ? undefined
      : await evaluateTo<string>('string', template, bindingsOf(visit), field);
  throw new StateError(await text('Error', Error), await text('Cause', Cause));
};

/** The first rule that is true leads on, with its own Output and Assign. */
export const choice: Handler<ChoiceState> = async (visit, state) => {
  const bindings = bindingsOf(visit);
  for (const [index, { Condition, Output, Assign, Next }] of state.Choices.entries()) {
    const at = `Choices[${index}]/`;
    if (await evaluateTo<boolean>('boolean', Condition, bindings, `${at}Condition`))
      return { values: {}, fallback: visit.input, Output, Assign, at, next: Next };
  }
  if (state.Default === undefined)
    throw new StateError(
      'States.NoChoiceMatched',
      `No rule of the state '${visit.name}' is true, and it has no Default.`,
    );
  const { Output, Assign, Default } = state;
  return { values: {}, fallback: visit.input, Output, Assign, next: Default };
};

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

const instant = async (visit: Visit, timestamp: string): Promise<number> => {
  const text = await evaluateTo<string>('string', timestamp, bindingsOf(visit), 'Timestamp');
  const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new QueryError('Timestamp', `Timestamp '${text}' is no time of RFC 3339.`);
  return time;
};

/** Waits for seconds, or until a time. */
export const wait: Handler<WaitState> = async (visit, state) => {
  const { ports } = visit.frame.run;
  const ms =
    state.Timestamp === undefined
      ? (await evaluateWhole(state.Seconds ?? 0, bindingsOf(visit), 'Seconds')) * 1000
      : (await instant(visit, state.Timestamp)) - ports.now();
  if (ms > 0) await ports.sleep(ms, visit.frame.signal);
  return pass(visit, { ...state, Type: 'Pass' });
};
