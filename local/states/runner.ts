import type { Clock } from '../clock.ts';
import type { Cloud } from '../service.ts';
import type { Execution, Executions } from './executions.ts';
import type { HistoryEvent } from './interpreter/history.ts';
import { interpret, Stopped, type Outcome } from './interpreter/interpret.ts';
import type { Identity, TaskCall } from './interpreter/run.ts';
import type { Json } from './json.ts';
import type { Machine } from './machines.ts';

export interface RunnerParts {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly executions: Executions;
  /** Makes the call of a Task in the name of a role. */
  readonly call: (roleArn: string, call: TaskCall) => Promise<Json>;
}

/** Runs executions. */
export interface Runner {
  /** Starts an execution; it is saved as RUNNING when this returns, and ends on its own. */
  start(machine: Machine, name: string, input: string): Execution;
  /** Ends an execution; it is ABORTED when this resolves, unless it had ended. */
  stop(arn: string, error?: string, cause?: string): Promise<void>;
  /** Ends every execution. */
  close(): Promise<void>;
}

/** Why executions end with the local cloud. AWS would go on with them. */
const ERROR = 'LocalCloud.Stopped';
const CAUSE =
  'The local cloud stopped while the execution ran. Start it again; on AWS it would have gone on.';

export const executionArn = ({ region, account }: Cloud, machine: string, name: string): string =>
  `arn:aws:states:${region}:${account}:execution:${machine}:${name}`;

const endingOf = (arn: string, outcome: Outcome, stopped: number): Parameters<Executions['end']>[0] =>
  outcome.status === 'SUCCEEDED'
    ? {
        arn,
        status: outcome.status,
        output: JSON.stringify(outcome.output),
        error: null,
        cause: null,
        stopped,
      }
    : {
        arn,
        status: outcome.status,
        output: null,
        error: outcome.error ?? null,
        cause: outcome.cause ?? null,
        stopped,
      };

const STATUSES: Readonly<Record<string, Execution['status']>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** How an execution ended by its last event, which is written first. */
const recordedEnding = (
  executions: Executions,
  arn: string,
): Parameters<Executions['end']>[0] | undefined => {
  const [event] = executions.history(arn, 'DESC', { offset: 0, limit: 1 });
  const status = STATUSES[event?.type ?? ''];
  if (!event || !status) return undefined;
  const name = `${event.type.charAt(0).toLowerCase()}${event.type.slice(1)}EventDetails`;
  const { output = null, error = null, cause = null } = event[name] as Partial<Execution>;
  return { arn, status, output, error, cause, stopped: event.timestamp };
};

/** Ends what a process that was killed left running. */
const abandon = (executions: Executions, { arn }: Execution, now: number): void => {
  const recorded = recordedEnding(executions, arn);
  if (recorded) return executions.end(recorded);
  const event: HistoryEvent = {
    id: executions.events(arn) + 1,
    previousEventId: 0,
    timestamp: now,
    type: 'ExecutionAborted',
    executionAbortedEventDetails: { error: ERROR, cause: CAUSE },
  };
  executions.append(arn, event);
  executions.end(endingOf(arn, { status: 'ABORTED', error: ERROR, cause: CAUSE }, now));
};

const identityOf = (cloud: Cloud, machine: Machine, { arn, name, started, input }: Execution): Identity => ({
  executionArn: arn,
  name,
  roleArn: machine.roleArn,
  machineArn: machine.arn,
  machineName: machine.name,
  region: cloud.region,
  startTime: started,
  input: JSON.parse(input) as Json,
});

const newExecution = (
  cloud: Cloud,
  machine: Machine,
  name: string,
  input: string,
  now: number,
): Execution => ({
  arn: executionArn(cloud, machine.name, name),
  machineArn: machine.arn,
  name,
  status: 'RUNNING',
  input,
  output: null,
  error: null,
  cause: null,
  started: now,
  stopped: null,
});

const warnOfFailure = (cloud: Cloud, machine: Machine, { name }: Execution, outcome: Outcome): void => {
  if (outcome.status === 'SUCCEEDED' || outcome.status === 'ABORTED') return;
  const { status, error = 'without a name', cause = '' } = outcome;
  cloud.log('warn', 'states', `${machine.name}: execution ${name} ${status}. ${error}: ${cause}`);
};

/** Executions the last process left running are ended when the runner is made. */
export const createRunner = ({ cloud, clock, executions, call }: RunnerParts): Runner => {
  const running = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  for (const execution of executions.running()) abandon(executions, execution, clock.now());

  const run = async (machine: Machine, execution: Execution, signal: AbortSignal): Promise<void> => {
    const { arn } = execution;
    const outcome = await interpret({
      definition: machine.definition,
      identity: identityOf(cloud, machine, execution),
      ports: { ...clock, random: Math.random, call: async (one) => await call(machine.roleArn, one) },
      record: (event) => executions.append(arn, event),
      stop: signal,
    });
    executions.end(endingOf(arn, outcome, clock.now()));
    running.delete(arn);
    warnOfFailure(cloud, machine, execution, outcome);
  };

  const stop: Runner['stop'] = async (arn, error, cause) => {
    const one = running.get(arn);
    one?.stop.abort(new Stopped(error, cause));
    await one?.ended;
  };

  return {
    start: (machine, name, input) => {
      const execution = newExecution(cloud, machine, name, input, clock.now());
      executions.insert(execution);
      const controller = new AbortController();
      const ended = run(machine, execution, controller.signal).catch((error: unknown) =>
        cloud.log('error', 'states', `${execution.arn} could not be kept. ${String(error)}`),
      );
      running.set(execution.arn, { stop: controller, ended });
      return execution;
    },
    stop,
    close: async () => void (await Promise.all([...running.keys()].map((arn) => stop(arn, ERROR, CAUSE)))),
  };
};
