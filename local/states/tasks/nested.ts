import { StateError, TASK_FAILED } from '../interpreter/errors.ts';
import { textOf, type Json, type JsonObject } from '../json.ts';
import { optimisedError } from './failure.ts';
import type { Integration } from './integration.ts';
import { poll } from './poll.ts';
import { errorOf, post, type Caller } from '../../gateway/request.ts';

const NAMING = {
  prefix: 'StepFunctions',
  service: 'AWSStepFunctions',
  undeclared: 'AWSStepFunctionsException',
};

const UNDECLARED = new Set(['AccessDeniedException', 'UnknownOperationException', 'InternalFailure']);

interface Answer {
  readonly body: JsonObject;
  readonly requestId: string;
}

const ask = async (action: string, caller: Caller, input: object, signal?: AbortSignal): Promise<Answer> => {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `AWSStepFunctions.${action}`,
  };
  const body = JSON.stringify(input);
  const reply = await post(caller, { service: 'states', path: '/', headers, body }, signal);
  const requestId = String(reply.headers['x-amzn-requestid'] ?? '');
  if (reply.status === 200) return { body: JSON.parse(reply.body) as JsonObject, requestId };
  const { code, message } = errorOf(reply);
  const declared = !UNDECLARED.has(code);
  throw optimisedError(NAMING, { code, message, declared, status: reply.status, requestId });
};

const milliseconds = (seconds: Json | undefined): Json => Math.round(Number(seconds) * 1000);

const start = async (caller: Caller, { StateMachineArn, Input, Name }: JsonObject, signal: AbortSignal) => {
  const input = typeof Input === 'string' ? Input : JSON.stringify(Input ?? {});
  const { body, requestId } = await ask(
    'StartExecution',
    caller,
    { stateMachineArn: StateMachineArn, input, ...(Name !== undefined && { name: Name }) },
    signal,
  );
  return {
    ExecutionArn: body['executionArn'] ?? null,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
    StartDate: milliseconds(body['startDate']),
  };
};

type Text = (json: Json | undefined) => Json;

/** An execution as the integration describes it; `text` reads input and output. */
const describe = (execution: JsonObject, text: Text): JsonObject => {
  const { output, error, cause } = execution;
  return {
    ...(cause !== undefined && { Cause: cause }),
    ...(error !== undefined && { Error: error }),
    ExecutionArn: execution['executionArn'] ?? null,
    Input: text(execution['input']),
    InputDetails: { Included: true },
    Name: execution['name'] ?? null,
    ...(output !== undefined && { Output: text(output), OutputDetails: { Included: true } }),
    StartDate: milliseconds(execution['startDate']),
    StateMachineArn: execution['stateMachineArn'] ?? null,
    Status: execution['status'] ?? null,
    StopDate: milliseconds(execution['stopDate']),
  };
};

const FIELDS = { required: ['StateMachineArn'], optional: ['Input', 'Name'] };

const startAndWait =
  (text: Text): Integration['call'] =>
  async (caller, call, parameters) => {
    const { signal } = call;
    const started = await start(caller, parameters, signal);
    call.submitted(started);
    const id = { executionArn: started.ExecutionArn };
    const ended = await poll(
      signal,
      async () => {
        const { body } = await ask('DescribeExecution', caller, id, signal);
        return body['status'] === 'RUNNING' ? undefined : body;
      },
      async () => await ask('StopExecution', caller, id),
    );
    const description = describe(ended, text);
    if (ended['status'] === 'SUCCEEDED') return description;
    throw new StateError(TASK_FAILED, JSON.stringify(description));
  };

const asText: Text = (json) => json ?? null;
const asJson: Text = (json) => JSON.parse(textOf(json)) as Json;

/**
 * The optimised integrations of Step Functions itself. What `.sync` gives as text, `.sync:2` gives as JSON.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
export const nestedActions: Readonly<Record<string, Integration>> = {
  startExecution: {
    prefix: NAMING.prefix,
    fields: FIELDS,
    call: async (caller, { signal }, parameters) => await start(caller, parameters, signal),
  },
  'startExecution.sync': { prefix: NAMING.prefix, fields: FIELDS, call: startAndWait(asText) },
  'startExecution.sync:2': { prefix: NAMING.prefix, fields: FIELDS, call: startAndWait(asJson) },
};
