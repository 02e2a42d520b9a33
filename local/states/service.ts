import { systemClock } from '../clock.ts';
import { jsonProtocol } from '../gateway/json.ts';
import type { Principals } from '../iam/principals.ts';
import type { Cloud, Service } from '../service.ts';
import { openExecutions } from './executions.ts';
import { readMachines } from './machines.ts';
import { statesOperations } from './operations.ts';
import { createRunner } from './runner.ts';
import { callTask } from './tasks/index.ts';
import type { TaskCaller } from './tasks/caller.ts';

/** One caller for each role, with its SDK clients. */
const openCallers = ({ endpoint, region }: Cloud, principals: Principals) => {
  const callers = new Map<string, TaskCaller>();
  const callerOf = (roleArn: string): TaskCaller => {
    const credentials = principals.credentialsOf(roleArn);
    const caller = callers.get(roleArn) ?? { endpoint, region, credentials, clients: new Map() };
    callers.set(roleArn, caller);
    return caller;
  };
  const close = () => {
    for (const { clients } of callers.values()) for (const client of clients.values()) client.destroy();
  };
  return { callerOf, close };
};

/**
 * Serves Step Functions and runs the STANDARD state machines of the stacks that are written in JSONata. Each of their
 * calls is made in the name of the machine's role. Executions and their histories outlive the process; those that ran
 * when it ended are ABORTED.
 *
 * @throws Error for a state machine the local cloud does not run, which names machine, state and reason
 * @example
 * const states = startStates(cloud, openPrincipals(resources, account));
 */
export const startStates = (cloud: Cloud, principals: Principals): Service => {
  const machines = readMachines(cloud, (roleArn) => principals.byRole(roleArn));
  const executions = openExecutions(cloud.dataDir);
  const callers = openCallers(cloud, principals);
  const runner = createRunner({
    cloud,
    clock: systemClock,
    executions,
    call: async (roleArn, call) => await callTask(callers.callerOf(roleArn), call),
  });
  const parts = { cloud, machines, executions, runner, deployed: systemClock.now() };
  return {
    name: 'states',
    handle: jsonProtocol(statesOperations(parts), '1.0'),
    close: async () => {
      await runner.close();
      callers.close();
      executions.close();
    },
  };
};
