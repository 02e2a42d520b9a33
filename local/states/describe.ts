import type { Execution } from './executions.ts';
import type { HistoryEvent } from './interpreter/history.ts';
import { isObject } from './json.ts';
import type { Machine } from './machines.ts';

const seconds = (milliseconds: number): number => milliseconds / 1000;

const given = (name: string, value: unknown): object => (value === null ? {} : { [name]: value });

/** An execution as ListExecutions gives it. */
export const summarize = ({ arn, machineArn, name, status, started, stopped }: Execution) => ({
  executionArn: arn,
  stateMachineArn: machineArn,
  name,
  status,
  startDate: seconds(started),
  ...given('stopDate', stopped === null ? null : seconds(stopped)),
  redriveCount: 0,
});

/** An execution as DescribeExecution gives it. */
export const describeExecution = (execution: Execution) => ({
  ...summarize(execution),
  input: execution.input,
  inputDetails: { included: true },
  ...given('output', execution.output),
  ...given('outputDetails', execution.output === null ? null : { included: true }),
  ...given('error', execution.error),
  ...given('cause', execution.cause),
  redriveStatus: 'NOT_REDRIVABLE',
  redriveStatusReason: 'The local cloud does not redrive executions',
});

const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);

const withoutData = (details: object): object =>
  Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.has(name)));

/** An event as GetExecutionHistory gives it. */
export const describeEvent = (event: HistoryEvent, includesData: boolean): object => {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    isObject(value) && !includesData ? withoutData(value) : value,
  ]);
  return { ...Object.fromEntries(fields), timestamp: seconds(event.timestamp) };
};

/** A state machine as DescribeStateMachine gives it; `created` in milliseconds. */
export const describeMachine = ({ arn, name, roleArn, source }: Machine, created: number) => ({
  stateMachineArn: arn,
  name,
  status: 'ACTIVE',
  definition: source,
  roleArn,
  type: 'STANDARD',
  creationDate: seconds(created),
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
});

/** A state machine as ListStateMachines gives it. */
export const summarizeMachine = ({ arn, name }: Machine, created: number) => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD',
  creationDate: seconds(created),
});
