import type { State } from '../definition/schema.ts';
import type { Json } from '../json.ts';
import type { Bindings } from './evaluate.ts';
import { payload } from './history.ts';
import { visibleVariables } from './limits.ts';
import type { Frame } from './run.ts';

/** One stay in a state, from its entry to its exit; retries stay in it. */
export interface Visit {
  readonly frame: Frame;
  readonly name: string;
  readonly input: Json;
  /** Number of the event that tells of the entry. */
  readonly entered: number;
  readonly enteredTime: string;
  readonly variables: Readonly<Record<string, Json>>;
  retries: number;
}

/** How a state is left: what its fields may refer to, and where it leads. */
export interface Exit {
  readonly values: { readonly result?: Json; readonly errorOutput?: Json };
  /** The output of a state without `Output`. */
  readonly fallback: Json;
  readonly Output?: Json | undefined;
  readonly Assign?: Readonly<Record<string, Json>> | undefined;
  /** Path of the holder of Output and Assign, such as `Catch[0]/`. */
  readonly at?: string;
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** Enters a state. */
export const enter = (frame: Frame, name: string, { Type }: State, input: Json): Visit => {
  const details = { stateEnteredEventDetails: { name, ...payload('input', input) } };
  const entered = frame.run.history.add(frame.chain, `${Type}StateEntered`, details);
  const enteredTime = new Date(frame.run.ports.now()).toISOString();
  return { frame, name, input, entered, enteredTime, variables: visibleVariables(frame.scope), retries: 0 };
};

/**
 * The context object, `$states.context`.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
const contextOf = ({ frame, name, enteredTime, retries }: Visit, item = frame.item): Json => {
  const { identity } = frame.run;
  return {
    Execution: {
      Id: identity.executionArn,
      Input: identity.input,
      Name: identity.name,
      RoleArn: identity.roleArn,
      StartTime: new Date(identity.startTime).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: identity.machineArn, Name: identity.machineName },
    State: { Name: name, EnteredTime: enteredTime, RetryCount: retries },
    ...(item && { Map: { Item: { ...item } } }),
  };
};

/** What the expressions of a state may refer to: the variables as they were on entry, and `$states`. */
export const bindingsOf = (visit: Visit, values: Exit['values'] = {}, item?: Frame['item']): Bindings => ({
  ...visit.variables,
  states: { input: visit.input, context: contextOf(visit, item), ...values },
});
