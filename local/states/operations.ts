import { randomUUID } from 'node:crypto';
import type { Operation } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud } from '../service.ts';
import {
  describeEvent,
  describeExecution,
  describeMachine,
  summarize,
  summarizeMachine,
} from './describe.ts';
import type { Execution, Executions } from './executions.ts';
import {
  checkArn,
  checkJson,
  checkName,
  executionInput,
  historyInput,
  listInput,
  machineInput,
  machinesInput,
  readInput,
  startInput,
  stopInput,
  tagsInput,
} from './input.ts';
import type { Machine } from './machines.ts';
import { executionArn, type Runner } from './runner.ts';

export interface StatesParts {
  readonly cloud: Cloud;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly executions: Executions;
  readonly runner: Runner;
  /** When the machines were deployed, milliseconds since 1970. */
  readonly deployed: number;
}

const machineOf = ({ machines }: StatesParts, arn: string, action: string, call: Call): Machine => {
  checkArn(arn);
  call.authorize(`states:${action}`, arn);
  const machine = machines.get(arn);
  if (machine) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
};

const executionOf = ({ executions }: StatesParts, arn: string, action: string, call: Call): Execution => {
  checkArn(arn);
  call.authorize(`states:${action}`, arn);
  const execution = executions.find(arn);
  if (execution) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
};

const started = ({ arn, started: time }: Execution) => ({ executionArn: arn, startDate: time / 1000 });

/** A running execution of the same name and input is the one that was asked for. */
const start = (parts: StatesParts, input: unknown, call: Call): object => {
  const request = readInput(startInput, input);
  const machine = machineOf(parts, request.stateMachineArn, 'StartExecution', call);
  const name = request.name ?? randomUUID();
  checkName(name);
  checkJson(request.input);
  const arn = executionArn(parts.cloud, machine.name, name);
  const known = parts.executions.find(arn);
  if (!known) return started(parts.runner.start(machine, name, request.input));
  if (known.status === 'RUNNING' && known.input === request.input) return started(known);
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
};

const stop = async (parts: StatesParts, input: unknown, call: Call): Promise<object> => {
  const { executionArn: arn, error, cause } = readInput(stopInput, input);
  executionOf(parts, arn, 'StopExecution', call);
  await parts.runner.stop(arn, error, cause);
  return { stopDate: (parts.executions.find(arn)?.stopped ?? Date.now()) / 1000 };
};

/** One more than asked for tells whether there is a next page. */
const paged = (name: string, all: readonly unknown[], offset: number, limit: number): object => ({
  [name]: all.slice(0, limit),
  ...(all.length > limit && { nextToken: String(offset + limit) }),
});

const list = (parts: StatesParts, input: unknown, call: Call): object => {
  const { stateMachineArn, statusFilter, maxResults, nextToken } = readInput(listInput, input);
  const { arn } = machineOf(parts, stateMachineArn, 'ListExecutions', call);
  const page = { offset: nextToken, limit: maxResults + 1 };
  const found = parts.executions.list(arn, statusFilter, page).map(summarize);
  return paged('executions', found, nextToken, maxResults);
};

const history = (parts: StatesParts, input: unknown, call: Call): object => {
  const request = readInput(historyInput, input);
  const { arn } = executionOf(parts, request.executionArn, 'GetExecutionHistory', call);
  const page = { offset: request.nextToken, limit: request.maxResults + 1 };
  const events = parts.executions
    .history(arn, request.reverseOrder ? 'DESC' : 'ASC', page)
    .map((event) => describeEvent(event, request.includeExecutionData));
  return paged('events', events, request.nextToken, request.maxResults);
};

const listMachines = ({ machines, deployed }: StatesParts, input: unknown, call: Call): object => {
  const { maxResults, nextToken } = readInput(machinesInput, input);
  call.authorize('states:ListStateMachines', '*');
  const all = [...machines.values()].map((machine) => summarizeMachine(machine, deployed));
  return paged('stateMachines', all.slice(nextToken), nextToken, maxResults);
};

const tagsOf = (parts: StatesParts, arn: string, call: Call): object => {
  checkArn(arn);
  call.authorize('states:ListTagsForResource', arn);
  const machine = parts.machines.get(arn);
  if (machine) return { tags: machine.tags };
  throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, 400, { resourceName: arn });
};

/**
 * The operations of Step Functions (https://docs.aws.amazon.com/step-functions/latest/apireference/). State machines
 * come from the template only.
 */
export const statesOperations = (parts: StatesParts): Record<string, Operation> => ({
  StartExecution: (input, call) => start(parts, input, call),
  StopExecution: async (input, call) => await stop(parts, input, call),
  DescribeExecution: (input, call) => {
    const { executionArn: arn } = readInput(executionInput, input);
    return describeExecution(executionOf(parts, arn, 'DescribeExecution', call));
  },
  ListExecutions: (input, call) => list(parts, input, call),
  GetExecutionHistory: (input, call) => history(parts, input, call),
  DescribeStateMachine: (input, call) => {
    const { stateMachineArn } = readInput(machineInput, input);
    return describeMachine(machineOf(parts, stateMachineArn, 'DescribeStateMachine', call), parts.deployed);
  },
  ListStateMachines: (input, call) => listMachines(parts, input, call),
  ListTagsForResource: (input, call) => tagsOf(parts, readInput(tagsInput, input).resourceArn, call),
});
