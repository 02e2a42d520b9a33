import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, onTestFinished, test } from 'vitest';
import { startCloud, startFoundation, type RunningCloud } from '../../local/cloud.ts';
import { eventually, removeFolder, temporaryFolder } from './lambda/cloud.ts';

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 900, End: true } },
};

const role = (...actions: string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
  },
});

const Resources = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
  MachineRole: role('lambda:InvokeFunction'),
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
      StateMachineName: 'refresh',
      DefinitionString: JSON.stringify(definition),
    },
  },
  ScheduleRole: role('states:StartExecution'),
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'often',
      ScheduleExpression: 'rate(15 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { Ref: 'Machine' }, RoleArn: { 'Fn::GetAtt': ['ScheduleRole', 'Arn'] } },
    },
  },
};

/** Writes what synthesis would leave in a folder. */
const writeAssembly = (folder: string): string => {
  const artifacts = {
    lake: { type: 'aws:cloudformation:stack', properties: { templateFile: 'lake.template.json' } },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '1.0.0', artifacts }));
  writeFileSync(join(folder, 'lake.template.json'), JSON.stringify({ Resources }));
  return folder;
};

const start = async (folder: string, schedules = true): Promise<RunningCloud> => {
  const options = {
    schedules,
    dataDir: join(folder, 'data'),
    apiPort: 0,
    awsPort: 0,
    bufferSeconds: 1,
    log: () => undefined,
  };
  return await startCloud(options, await startFoundation(options), writeAssembly(join(folder, 'assembly')));
};

const client = (aws: string) => ({
  endpoint: aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

test('a schedule of the template starts a state machine of the template, and closing ends it', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:refresh';
  const first = await start(folder);
  const sfn = new SFNClient(client(first.aws));
  const scheduler = new SchedulerClient(client(first.aws));

  const running = await eventually('the scheduled execution', async () => {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions[0];
  });
  expect(running.status).toBe('RUNNING');
  expect(await scheduler.send(new GetScheduleCommand({ Name: 'often' }))).toMatchObject({
    Target: { Arn: stateMachineArn },
  });
  sfn.destroy();
  scheduler.destroy();
  await first.flush();
  await first.close();

  const second = await start(folder);
  const again = new SFNClient(client(second.aws));
  const { executionArn } = running;
  expect(await again.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'ABORTED',
    error: 'LocalCloud.Stopped',
  });
  again.destroy();
  await second.close();
});

test('schedules that are switched off start nothing', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => removeFolder(folder));
  const cloud = await start(folder, false);
  const sfn = new SFNClient(client(cloud.aws));
  await cloud.flush();

  const { executions } = await sfn.send(
    new ListExecutionsCommand({
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:refresh',
    }),
  );

  expect(executions).toEqual([]);
  sfn.destroy();
  await cloud.close();
});
