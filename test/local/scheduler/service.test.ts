import { existsSync, readFileSync } from 'node:fs';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../local/clock.ts';
import { startScheduler, type Scheduler } from '../../../local/scheduler/service.ts';
import type { Resource } from '../../../local/service.ts';
import {
  ACCOUNT,
  eventually,
  functionArn,
  REGION,
  removeFolder,
  resource,
  temporaryFolder,
} from '../lambda/cloud.ts';
import { machine, machineArn, openCloud, role, roleArn, type StatesCloud } from '../states/cloud.ts';

/** A clock that is moved by hand. */
const manualClock = (start: string): Clock & { moveTo(time: string): void } => {
  let now = Date.parse(start);
  const sleepers = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { due: now + ms, wake: resolve };
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        if (ms <= 0) resolve();
        else sleepers.add(sleeper);
      }),
    moveTo: (time) => {
      now = Date.parse(time);
      for (const sleeper of [...sleepers].filter(({ due }) => due <= now)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
};

const schedule = (name: string, expression: string, more: object = {}): Resource =>
  resource(
    'AWS::Scheduler::Schedule',
    name,
    {
      Name: name,
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: machineArn('run'),
        RoleArn: roleArn('caller'),
        Input: '{"at":"<aws.scheduler.scheduled-time>"}',
      },
      ...more,
    },
    { attributes: { Arn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/${name}` } },
  );

const RECORD = `
  import { appendFileSync } from 'node:fs';
  export const handler = async (event) => appendFileSync(process.env.LAMBDA_TASK_ROOT + '/seen', JSON.stringify(event) + '\\n');
`;

const fixtures = [
  role('caller', 'states:StartExecution', 'lambda:InvokeFunction'),
  role('nobody', 's3:GetObject'),
  machine('run', 'nobody', { A: { Type: 'Succeed' } }),
];

interface Opened extends StatesCloud {
  readonly clock: ReturnType<typeof manualClock>;
  readonly scheduler: SchedulerClient;
  /** Inputs of the executions there have been, oldest first, once there are so many. */
  inputs(count: number): Promise<unknown[]>;
}

const open = async (
  schedules: readonly Resource[],
  { start = '2026-01-01T00:00:00Z', folder = temporaryFolder(), functions = {} } = {},
): Promise<Opened> => {
  const clock = manualClock(start);
  const kept: Scheduler[] = [];
  const it = await openCloud({
    folder,
    functions,
    resources: [...fixtures, ...schedules],
    services: (cloud, principals) => {
      kept.push(startScheduler(cloud, principals, clock));
      return kept;
    },
  });
  for (const one of kept) one.begin();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const scheduler = new SchedulerClient({ endpoint: it.endpoint, region: REGION, credentials });
  onTestFinished(async () => {
    scheduler.destroy();
    await it.stop();
    removeFolder(folder);
  });
  const list = async () => {
    const request = new ListExecutionsCommand({ stateMachineArn: machineArn('run') });
    const { executions = [] } = await it.sfn.send(request);
    return executions.map(({ executionArn = '' }) => executionArn).toReversed();
  };
  const inputs = async (count: number) => {
    const arns = await eventually(`${count} executions`, async () => {
      const found = await list();
      return found.length >= count ? found : undefined;
    });
    return await Promise.all(
      arns.map(async (arn) => JSON.parse((await it.ended(arn)).input ?? '') as unknown),
    );
  };
  return { ...it, clock, scheduler, inputs };
};

describe('a schedule', () => {
  test('starts a state machine at its times, in the name of its role', async () => {
    const it = await open([schedule('hourly', 'cron(0 * * * ? *)')]);

    it.clock.moveTo('2026-01-01T01:00:00Z');
    expect(await it.inputs(1)).toEqual([{ at: '2026-01-01T01:00:00Z' }]);
    it.clock.moveTo('2026-01-01T02:00:00Z');

    expect(await it.inputs(2)).toEqual([{ at: '2026-01-01T01:00:00Z' }, { at: '2026-01-01T02:00:00Z' }]);
  });

  test('with a rate starts at once, and after a restart goes on at its pace', async () => {
    const folder = temporaryFolder();
    const rate = schedule('rate', 'rate(1 hour)');
    const first = await open([rate], { folder });
    expect(await first.inputs(1)).toEqual([{ at: '2026-01-01T00:00:00Z' }]);
    await first.stop();

    const second = await open([rate], { folder, start: '2026-01-01T05:30:00Z' });
    second.clock.moveTo('2026-01-01T06:00:00Z');

    expect(await second.inputs(2)).toEqual([{ at: '2026-01-01T00:00:00Z' }, { at: '2026-01-01T06:00:00Z' }]);
  });

  test('calls once for all the times it slept through', async () => {
    const it = await open([schedule('hourly', 'cron(0 * * * ? *)')]);

    it.clock.moveTo('2026-01-01T09:30:00Z');
    expect(await it.inputs(1)).toEqual([{ at: '2026-01-01T01:00:00Z' }]);
    it.clock.moveTo('2026-01-01T10:00:00Z');

    expect(await it.inputs(2)).toEqual([{ at: '2026-01-01T01:00:00Z' }, { at: '2026-01-01T10:00:00Z' }]);
  });

  test('that is DISABLED starts nothing', async () => {
    const it = await open([
      schedule('off', 'rate(1 hour)', { State: 'DISABLED' }),
      schedule('on', 'rate(2 hours)'),
    ]);

    it.clock.moveTo('2026-01-01T01:00:00Z');
    it.clock.moveTo('2026-01-01T02:00:00Z');

    expect(await it.inputs(2)).toEqual([{ at: '2026-01-01T00:00:00Z' }, { at: '2026-01-01T02:00:00Z' }]);
  });

  test('invokes a function', async () => {
    const target = { Arn: functionArn('record'), RoleArn: roleArn('caller'), Input: '{"n":1}' };
    const it = await open([schedule('call', 'rate(1 hour)', { Target: target })], {
      functions: { record: RECORD },
    });

    const seen = `${it.cloud.assemblyDir}/asset.record/seen`;
    await eventually('the call', () => existsSync(seen) && readFileSync(seen, 'utf8').length > 0);

    expect(readFileSync(seen, 'utf8')).toBe('{"n":1}\n');
  });

  test('whose role may not call the target says so, and does not try again', async () => {
    const target = { Arn: machineArn('run'), RoleArn: roleArn('nobody') };
    const it = await open([schedule('denied', 'rate(1 hour)', { Target: target })]);

    const line = await eventually('the warning', () =>
      it.cloud.lines.find(({ source }) => source === 'scheduler'),
    );

    expect(line).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('not authorized to perform: states:StartExecution') as string,
    });
  });
});

describe('the API', () => {
  test('shows the schedules of the template', async () => {
    const it = await open([
      schedule('a', 'rate(1 hour)', { Description: 'Often', State: 'DISABLED' }),
      schedule('b', 'cron(0 3 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Berlin' }),
    ]);

    const { Schedules = [] } = await it.scheduler.send(new ListSchedulesCommand({}));
    const { Schedules: disabled = [] } = await it.scheduler.send(
      new ListSchedulesCommand({ State: 'DISABLED' }),
    );
    const one = await it.scheduler.send(new GetScheduleCommand({ Name: 'b' }));

    expect(Schedules.map(({ Name }) => Name)).toEqual(['a', 'b']);
    expect(disabled).toMatchObject([{ Name: 'a', GroupName: 'default', Target: { Arn: machineArn('run') } }]);
    expect(one).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: machineArn('run'),
        RoleArn: roleArn('caller'),
        RetryPolicy: { MaximumRetryAttempts: 185 },
      },
      CreationDate: new Date('2026-01-01T00:00:00Z'),
    });
    await expect(it.scheduler.send(new GetScheduleCommand({ Name: 'c' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a schedule that cannot be kept stops the start', () => {
  test.each<[string, object, string]>([
    [
      'a flexible window',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } },
      'must be OFF',
    ],
    ['another target', { Target: { Arn: 'arn:aws:sqs:x:1:q', RoleArn: 'r' } }, 'calls no other targets'],
    [
      'a dead letter queue',
      { Target: { Arn: machineArn('run'), RoleArn: 'r', DeadLetterConfig: {} } },
      'DeadLetterConfig',
    ],
    ['an expression', { ScheduleExpression: 'cron(0 0 ? * L *)' }, '"L" is no day-of-week'],
    ['a zone', { ScheduleExpressionTimezone: 'Mars/Base' }, 'Mars/Base'],
  ])('%s', async (_, properties, message) => {
    await expect(open([schedule('bad', 'rate(1 hour)', properties)])).rejects.toThrow(
      new RegExp(`Schedule .*bad of stack Test cannot be kept here:[^]*${message}`),
    );
  });
});
