import { StateError, TASK_FAILED } from '../interpreter/errors.ts';
import { isObject, textOf, type Json, type JsonObject } from '../json.ts';
import type { TaskCall } from '../interpreter/run.ts';
import { optimisedError } from './failure.ts';
import type { Integration } from './integration.ts';
import { poll } from './poll.ts';
import type { TaskCaller } from './caller.ts';
import { answerOf, ATHENA, failureOf, metadataOf, send } from './sdk.ts';

const NAMING = { prefix: 'Athena', service: 'AmazonAthena', undeclared: 'AmazonAthenaException' };

/** Optimised integrations write times in milliseconds since 1970. */
const milliseconds = (date: Date): Json => date.getTime();

const ask = async (
  action: string,
  caller: TaskCaller,
  parameters: JsonObject,
  signal: AbortSignal,
): Promise<object> => {
  try {
    return await send(ATHENA, action, { caller, parameters, signal });
  } catch (error) {
    const failure = failureOf(ATHENA, error);
    throw failure ? optimisedError(NAMING, failure) : error;
  }
};

const answer = async (
  action: string,
  caller: TaskCaller,
  parameters: JsonObject,
  { signal }: TaskCall,
): Promise<JsonObject> => {
  const output = await ask(action, caller, parameters, signal);
  return { ...answerOf(output, milliseconds), ...metadataOf(output) };
};

const request = (action: string, required: readonly string[], optional: readonly string[]): Integration => ({
  prefix: NAMING.prefix,
  fields: { required, optional },
  call: async (caller, call, parameters) => await answer(action, caller, parameters, call),
});

const START: NonNullable<Integration['fields']> = {
  required: ['QueryString'],
  optional: [
    'ClientRequestToken',
    'ExecutionParameters',
    'QueryExecutionContext',
    'ResultConfiguration',
    'WorkGroup',
  ],
};

const ENDED = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

const stateOf = (output: JsonObject): string => {
  const { QueryExecution } = output;
  const status = isObject(QueryExecution) ? QueryExecution['Status'] : undefined;
  return isObject(status) ? textOf(status['State']) : '';
};

/** Starts a query and waits for its end; one that does not succeed fails with its description as the cause. */
const startAndWait: Integration['call'] = async (caller, call, parameters) => {
  const { signal } = call;
  const started = await answer('startQueryExecution', caller, parameters, call);
  call.submitted(started);
  const id = { QueryExecutionId: started['QueryExecutionId'] ?? null };
  const ended = await poll(
    signal,
    async () => {
      const output = answerOf(await ask('getQueryExecution', caller, id, signal), milliseconds);
      return ENDED.has(stateOf(output)) ? output : undefined;
    },
    async () => await ask('stopQueryExecution', caller, id, new AbortController().signal),
  );
  if (stateOf(ended) === 'SUCCEEDED') return ended;
  throw new StateError(TASK_FAILED, JSON.stringify(ended));
};

/**
 * The optimised integrations of Athena, by action.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html
 */
export const athenaActions: Readonly<Record<string, Integration>> = {
  startQueryExecution: request('startQueryExecution', START.required, START.optional),
  'startQueryExecution.sync': { prefix: NAMING.prefix, fields: START, call: startAndWait },
  stopQueryExecution: request('stopQueryExecution', ['QueryExecutionId'], []),
  getQueryExecution: request('getQueryExecution', ['QueryExecutionId'], []),
  getQueryResults: request('getQueryResults', ['QueryExecutionId'], ['MaxResults', 'NextToken']),
};
