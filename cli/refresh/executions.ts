import {
  DescribeExecutionCommand,
  ExecutionStatus,
  paginateGetExecutionHistory,
  paginateListStateMachines,
  StartExecutionCommand,
  type DescribeExecutionOutput,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { UserError } from '../errors.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** The ARN of a state machine by its name. Throws UserError when there is none. */
export const machineArn = async (client: SFNClient, name: string): Promise<string> => {
  for await (const page of paginateListStateMachines({ client }, {}))
    for (const machine of page.stateMachines ?? [])
      if (machine.name === name && machine.stateMachineArn) return machine.stateMachineArn;
  throw new UserError(
    `There is no state machine ${name}.`,
    'Deploy the lake stack, or name another deployment with --stage.',
  );
};

/** Starts an execution with an input and answers its ARN. */
export const start = async (
  client: SFNClient,
  stateMachineArn: string,
  input: object = {},
): Promise<string> => {
  const { executionArn = '' } = await client.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return executionArn;
};

const enteredState = ({ stateEnteredEventDetails }: HistoryEvent): string | undefined =>
  stateEnteredEventDetails?.name;

/** The state an execution entered last. */
const lastState = async (client: SFNClient, executionArn: string): Promise<string | undefined> => {
  const input = { executionArn, reverseOrder: true, includeExecutionData: false, maxResults: 20 };
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, input)) {
    const state = events.map(enteredState).find((name) => name !== undefined);
    if (state) return state;
  }
  return undefined;
};

/** Waits until an execution has ended, telling the state it is in. Throws UserError that says `later` when it is interrupted. */
export const finish = async (
  client: SFNClient,
  executionArn: string,
  {
    onState,
    signal,
    later = 'The refresh goes on: see it with "tailrace lake status".',
  }: { onState: (state: string) => void; signal: AbortSignal; later?: string },
): Promise<DescribeExecutionOutput> => {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== ExecutionStatus.RUNNING) return execution;
    onState((await lastState(client, executionArn)) ?? '');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new UserError('No longer waiting.', later);
};
