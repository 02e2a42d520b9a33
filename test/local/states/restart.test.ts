import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect, onTestFinished, test } from 'vitest';
import { openExecutions } from '../../../local/states/executions.ts';
import { removeFolder, temporaryFolder } from '../lambda/cloud.ts';
import { machine, machineArn, openCloud, role, type StatesCloud } from './cloud.ts';

const resources = [
  role('all', '*'),
  machine('wait', 'all', { A: { Type: 'Wait', Seconds: 900, End: true } }),
  machine('slow', 'all', {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'slow' },
      End: true,
    },
  }),
];

const folderOfTest = (): string => {
  const folder = temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
};

/** An execution and the last event of its history. */
const endOf = async (cloud: StatesCloud, executionArn: string) => {
  const execution = await cloud.sfn.send(new DescribeExecutionCommand({ executionArn }));
  return { execution, event: (await cloud.history(executionArn)).at(-1) };
};

const ABORTED = {
  execution: {
    status: 'ABORTED',
    error: 'LocalCloud.Stopped',
    cause: expect.stringContaining('The local cloud stopped while the execution ran') as string,
    stopDate: expect.any(Date) as Date,
  },
  event: { type: 'ExecutionAborted', executionAbortedEventDetails: { error: 'LocalCloud.Stopped' } },
};

const runningOf = async (cloud: StatesCloud) => {
  const { executions } = await cloud.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: machineArn('wait'), statusFilter: 'RUNNING' }),
  );
  return executions;
};

test('closing the cloud ends what runs, a function that does not answer too', async () => {
  const folder = folderOfTest();
  const functions = { slow: 'export const handler = () => new Promise(() => setInterval(() => {}, 1000));' };
  const first = await openCloud({ folder, resources, functions });
  const arns = [await first.start('wait'), await first.start('slow')];

  await first.stop();

  const second = await openCloud({ folder, resources, functions });
  for (const arn of arns) expect(await endOf(second, arn)).toMatchObject(ABORTED);
  await second.stop();
});

test('kill -9 leaves nothing running: what ran is ABORTED at the next start, what had ended stays', async () => {
  const folder = folderOfTest();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const killed = line.toString().trim();

  child.kill('SIGKILL');
  await once(child, 'exit');

  const cloud = await openCloud({ folder, resources });
  expect(await endOf(cloud, killed)).toMatchObject(ABORTED);
  expect((await cloud.history(killed)).map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionAborted',
  ]);
  expect(await runningOf(cloud)).toEqual([]);
  const done = { executionArn: killed.replace(/:killed$/, ':done') };
  expect((await cloud.sfn.send(new DescribeExecutionCommand(done))).error).toBeUndefined();
  await expect(cloud.start('wait', { n: 1 }, 'killed')).rejects.toMatchObject({
    name: 'ExecutionAlreadyExists',
  });
  expect(await cloud.start('wait', { n: 1 }, 'again')).toContain(':again');
  await cloud.stop();
});

test('an execution whose end was written but for its status keeps that end', async () => {
  const folder = folderOfTest();
  const cloud = await openCloud({ folder, resources });
  const arn = await cloud.start('wait', { n: 1 }, 'ended');
  await cloud.stop();
  const executions = openExecutions(cloud.cloud.dataDir);
  const details = { error: 'Wrong', cause: 'why' };
  const event = {
    id: 9,
    previousEventId: 2,
    timestamp: 7000,
    type: 'ExecutionFailed',
    executionFailedEventDetails: details,
  };
  executions.append(arn, event);
  executions.end({ arn, status: 'RUNNING', output: null, error: null, cause: null, stopped: null });
  executions.close();

  const again = await openCloud({ folder, resources });

  expect((await endOf(again, arn)).execution).toMatchObject({
    status: 'FAILED',
    ...details,
    stopDate: new Date(7000),
  });
  expect((await endOf(again, arn)).event).toMatchObject({ id: 9, type: 'ExecutionFailed' });
  await again.stop();
});
