/** What the state machine needs to know of the deployment. ARNs and names may be tokens. */
export interface RefreshSettings {
  readonly functionArn: string;
  readonly workgroup: string;
  readonly database: string;
}

export type State = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, State>>;

const THROTTLED = {
  ErrorEquals: ['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Lambda.SdkClientException'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 6,
  JitterStrategy: 'FULL',
};

/** Asks the refresh function for a step. Its answer is the output. */
export const step = (
  { functionArn }: RefreshSettings,
  name: string,
  input: Readonly<Record<string, unknown>>,
  rest: State,
): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: functionArn, Payload: { step: name, ...input } },
  Output: '{% $states.result.Payload %}',
  Retry: [THROTTLED],
  ...rest,
});

/** Runs a query to its end. Its description is the output. */
export const athena = ({ workgroup, database }: RefreshSettings, sql: string, rest: State): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
  Arguments: { QueryString: sql, WorkGroup: workgroup, QueryExecutionContext: { Database: database } },
  Output: '{% $states.result.QueryExecution %}',
  Retry: [
    {
      ErrorEquals: ['Athena.TooManyRequestsException', 'Athena.InternalServerException'],
      IntervalSeconds: 2,
      BackoffRate: 2,
      MaxAttempts: 6,
      JitterStrategy: 'FULL',
    },
  ],
  ...rest,
});

const canFail = ({ Type }: State): boolean => Type === 'Task' || Type === 'Map';

/** The same states, each of which, when it fails for good, goes on to one that tells. */
export const guarded = (states: States, next: string): States =>
  Object.fromEntries(
    Object.entries(states).map(([name, state]) => [
      name,
      canFail(state)
        ? {
            ...state,
            Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: next }],
          }
        : state,
    ]),
  );

/**
 * Why a task failed, in the words of whoever says it: of a failure of Athena or Lambda the cause is a whole description, as JSON.
 * Whatever it is, this finds a text.
 */
export const REASON =
  '($cause := $string($states.input.Cause); ' +
  String.raw`$said := $match($cause, /"(StateChangeReason|errorMessage)" *: *"((\\.|[^\\"])*)"/, 1); ` +
  `$exists($said) ? $parse('"' & $said.groups[1] & '"') : $substring($cause, 0, 1000))`;
