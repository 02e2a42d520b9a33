import { AthenaClient, GetQueryExecutionCommand } from '@aws-sdk/client-athena';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, REGION, resource } from '../lambda/cloud.ts';
import { machine, machineArn, openCloud, role, roleArn, workGroup, type StatesCloud } from './cloud.ts';

const invoke = (fields: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  End: true,
  ...fields,
});

const call = (resourceName: string, parameters: object, fields: object = { End: true }) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resourceName}`,
  Arguments: parameters,
  ...fields,
});

const QUERY = { QueryString: '{% $states.input.sql %}', WorkGroup: 'analysts' };

const greet = invoke({
  Arguments: { FunctionName: 'greet', Payload: '{% $states.input %}' },
  Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 0 }],
  Output: '{% $states.result.Payload %}',
});

const GREET = `
  export const handler = async (event) => {
    if (event.fail) throw Object.assign(new Error('I will not greet'), { name: event.fail });
    return { text: 'Hello ' + event.name };
  };
`;

const machines = [
  machine('greet', 'all', { A: greet }),
  machine('raw', 'all', { A: invoke({ Arguments: { FunctionName: 'greet', Payload: { name: 'Ann' } } }) }),
  machine('map', 'all', {
    Each: {
      Type: 'Map',
      Items: '{% $states.input.names %}',
      ItemSelector: { name: '{% $states.context.Map.Item.Value %}' },
      ItemProcessor: { StartAt: 'A', States: { A: greet } },
      Output: '{% [$states.result.text] %}',
      End: true,
    },
  }),
  machine('wait', 'all', { A: { Type: 'Wait', Seconds: 900, End: true } }),
  machine('query', 'all', { A: call('athena:startQueryExecution.sync', QUERY) }),
  machine('results', 'all', {
    A: call('athena:startQueryExecution.sync', QUERY, { Next: 'B' }),
    B: call('athena:getQueryResults', {
      QueryExecutionId: '{% $states.input.QueryExecution.QueryExecutionId %}',
    }),
  }),
  machine('nested', 'all', {
    A: call('states:startExecution.sync:2', {
      StateMachineArn: machineArn('greet'),
      Input: '{% $states.input %}',
    }),
  }),
  machine('objects', 'all', {
    A: call('aws-sdk:s3:putObject', { Bucket: 'lake', Key: 'a', Body: { n: 1 } }, { Next: 'B' }),
    B: call('aws-sdk:s3:getObject', { Bucket: 'lake', Key: '{% $states.context.Execution.Input.key %}' }),
  }),
  machine('groups', 'all', {
    A: call('aws-sdk:athena:getWorkGroup', { WorkGroup: '{% $states.input.name %}' }),
  }),
  machine('denied-lambda', 'nobody', { A: greet }),
  machine('denied-athena', 'nobody', { A: call('athena:startQueryExecution.sync', QUERY) }),
  machine('denied-s3', 'nobody', { A: call('aws-sdk:s3:getObject', { Bucket: 'lake', Key: 'a' }) }),
  machine('denied-start', 'nobody', {
    A: call('states:startExecution', { StateMachineArn: machineArn('greet') }),
  }),
];

let it: StatesCloud;

beforeAll(async () => {
  it = await openCloud({
    resources: [workGroup, role('all', '*'), role('nobody', 'sts:GetCallerIdentity'), ...machines],
    functions: { greet: GREET },
  });
});

afterAll(() => it.destroy());

const outputOf = async (name: string, input: object = {}): Promise<unknown> => {
  const { status, output, error, cause } = await it.run(name, input);
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
  return JSON.parse(output ?? '');
};

describe('a Task', () => {
  test('invokes a function, whose result is in Payload', async () => {
    expect(await outputOf('greet', { name: 'Ann' })).toEqual({ text: 'Hello Ann' });
    expect(await outputOf('raw')).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { text: 'Hello Ann' },
      SdkHttpMetadata: { HttpStatusCode: 200, HttpHeaders: { 'content-type': 'application/json' } },
      SdkResponseMetadata: { RequestId: expect.any(String) as string },
      StatusCode: 200,
    });
  });

  test('fails with the name of the error the function threw', async () => {
    const { status, error, cause } = await it.run('greet', { fail: 'NotToday' });

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'NotToday' });
    expect(JSON.parse(cause ?? '')).toMatchObject({
      errorType: 'NotToday',
      errorMessage: 'I will not greet',
    });
  });

  test('waits for a query of Athena', async () => {
    expect(await outputOf('query', { sql: 'SELECT 40 + 2' })).toMatchObject({
      QueryExecution: { Status: { State: 'SUCCEEDED', SubmissionDateTime: expect.any(Number) as number } },
    });
    expect(await outputOf('results', { sql: 'SELECT 40 + 2 AS answer' })).toMatchObject({
      ResultSet: { Rows: [{ Data: [{ VarCharValue: 'answer' }] }, { Data: [{ VarCharValue: '42' }] }] },
    });
  });

  test('fails with States.TaskFailed when the query fails', async () => {
    const { error, cause } = await it.run('query', { sql: 'SELECT nothing' });

    expect(error).toBe('States.TaskFailed');
    expect(cause).toContain("Column 'nothing' cannot be resolved");
  });

  test('waits for another state machine', async () => {
    expect(await outputOf('nested', { name: 'Bob' })).toMatchObject({
      Input: { name: 'Bob' },
      Output: { text: 'Hello Bob' },
      Status: 'SUCCEEDED',
      StateMachineArn: machineArn('greet'),
    });

    const { error, cause } = await it.run('nested', { fail: 'Inner' });
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({ Error: 'Inner', Status: 'FAILED' });
  });

  test('makes calls of the SDK', async () => {
    expect(await outputOf('objects', { key: 'a' })).toMatchObject({ Body: '{"n":1}', ContentLength: 7 });
    expect(await outputOf('groups', { name: 'analysts' })).toMatchObject({ WorkGroup: { Name: 'analysts' } });
  });

  test('fails as the SDK of AWS names errors', async () => {
    expect(await it.run('objects', { key: 'none' })).toMatchObject({
      error: 'S3.NoSuchKeyException',
      cause: expect.stringContaining('(Service: S3, Status Code: 404, Request ID: ') as string,
    });
    expect(await it.run('groups', { name: 'none' })).toMatchObject({
      error: 'Athena.InvalidRequestException',
    });
  });

  test.each([
    ['denied-lambda', 'Lambda.AWSLambdaException', 'lambda:InvokeFunction'],
    ['denied-athena', 'Athena.AmazonAthenaException', 'athena:StartQueryExecution'],
    ['denied-s3', 'S3.AccessDeniedException', 's3:GetObject'],
    ['denied-start', 'StepFunctions.AWSStepFunctionsException', 'states:StartExecution'],
  ])('has the rights of the machine’s role: %s', async (name, error, action) => {
    await it.s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: 'x' }));

    expect(await it.run(name, { sql: 'SELECT 1' })).toMatchObject({
      status: 'FAILED',
      error,
      cause: expect.stringContaining(
        `assumed-role/nobody/local is not authorized to perform: ${action}`,
      ) as string,
    });
  });
});

describe('an execution', () => {
  test('is described with input, output and times', async () => {
    const execution = await it.run('greet', { name: 'Ann' });

    expect(execution).toMatchObject({
      stateMachineArn: machineArn('greet'),
      status: 'SUCCEEDED',
      input: '{"name":"Ann"}',
      inputDetails: { included: true },
      output: '{"text":"Hello Ann"}',
    });
    expect(execution.stopDate?.getTime()).toBeGreaterThanOrEqual(execution.startDate?.getTime() ?? Infinity);
  });

  test('tells its history in pages, forwards and backwards', async () => {
    const executionArn = await it.start('map', { names: ['a', 'b'] });
    const { output } = await it.ended(executionArn);
    const events = await it.history(executionArn);

    const first = await it.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 5 }));
    const { nextToken } = first;
    const second = await it.sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }),
    );
    const backwards = await it.sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 1,
        reverseOrder: true,
        includeExecutionData: false,
      }),
    );

    expect(JSON.parse(output ?? '')).toEqual(['Hello a', 'Hello b']);
    expect([...(first.events ?? []), ...(second.events ?? [])]).toEqual(events);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails).toEqual({
      parameters: expect.stringContaining('"FunctionName":"greet"') as string,
      region: REGION,
      resource: 'invoke',
      resourceType: 'lambda',
    });
    expect(backwards.events).toMatchObject([
      { type: 'ExecutionSucceeded', executionSucceededEventDetails: {} },
    ]);
    expect(backwards.events?.[0]?.executionSucceededEventDetails?.output).toBeUndefined();
  });

  test('that runs is the same for the same name and input; a name is used once', async () => {
    const arn = await it.start('wait', { n: 1 }, 'once');

    expect(await it.start('wait', { n: 1 }, 'once')).toBe(arn);
    await expect(it.start('wait', { n: 2 }, 'once')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });

    await it.sfn.send(new StopExecutionCommand({ executionArn: arn, error: 'Enough', cause: 'for today' }));
    expect(await it.ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'for today' });
    expect((await it.history(arn)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
    await expect(it.start('wait', { n: 1 }, 'once')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  test('that is stopped stops the query it waits for', async () => {
    const sql =
      'SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y), UNNEST(sequence(1, 1000)) AS c(z) WHERE x + y + z < 0';
    const arn = await it.start('query', { sql });
    await eventually('the query', async () =>
      (await it.history(arn)).some(({ type }) => type === 'TaskSubmitted'),
    );

    await it.sfn.send(new StopExecutionCommand({ executionArn: arn }));

    expect(await it.ended(arn)).toMatchObject({ status: 'ABORTED' });
    const submitted = (await it.history(arn)).find(({ type }) => type === 'TaskSubmitted');
    const { QueryExecutionId } = JSON.parse(submitted?.taskSubmittedEventDetails?.output ?? '{}') as {
      QueryExecutionId: string;
    };
    await eventually(
      'the end of the query',
      async () => (await queryState(QueryExecutionId)) === 'CANCELLED',
    );
  });

  test('is listed, newest first, by status and in pages', async () => {
    const first = await it.start('wait', {}, 'list-1');
    const second = await it.start('wait', {}, 'list-2');
    const list = async (input: object) =>
      await it.sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn('wait'), ...input }));

    const running = await list({ statusFilter: 'RUNNING' });
    const page = await list({ statusFilter: 'RUNNING', maxResults: 1 });
    const next = await list({ statusFilter: 'RUNNING', maxResults: 1, nextToken: page.nextToken });

    expect(running.executions?.map(({ executionArn }) => executionArn)).toEqual([second, first]);
    expect([...(page.executions ?? []), ...(next.executions ?? [])].map(({ name }) => name)).toEqual([
      'list-2',
      'list-1',
    ]);
    expect(next.nextToken).toBeUndefined();
    for (const executionArn of [first, second]) await it.sfn.send(new StopExecutionCommand({ executionArn }));
    expect((await list({ statusFilter: 'RUNNING' })).executions).toEqual([]);
  });

  const startWith = async (input: object) =>
    await it.sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn('greet'), ...input }));

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'of an unknown machine',
      () => startWith({ stateMachineArn: machineArn('none') }),
      'StateMachineDoesNotExist',
    ],
    ['of no ARN', () => startWith({ stateMachineArn: 'none' }), 'InvalidArn'],
    ['with input that is no JSON', () => startWith({ input: "{'a': 1}" }), 'InvalidExecutionInput'],
    ['with a name AWS does not take', () => startWith({ name: 'a/b' }), 'InvalidName'],
    [
      'with more than 256 KiB of input',
      () => startWith({ input: `"${'ü'.repeat(131_072)}"` }),
      'ValidationException',
    ],
    [
      'that is not there',
      () => it.sfn.send(new DescribeExecutionCommand({ executionArn: 'arn:aws:states:x' })),
      'ExecutionDoesNotExist',
    ],
  ])('%s is refused', async (_, send, name) => {
    await expect(send()).rejects.toMatchObject({ name });
  });

  test('may have any JSON as input, and a name in any script', async () => {
    const { executionArn = '' } = await startWith({ input: '7', name: 'Überprüfung_日' });

    expect(executionArn).toMatch(/:execution:greet:Überprüfung_日$/);
    expect((await it.ended(executionArn)).input).toBe('7');
  });
});

const queryState = async (QueryExecutionId: string): Promise<string | undefined> => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new AthenaClient({ endpoint: it.endpoint, region: REGION, credentials });
  const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  client.destroy();
  return QueryExecution?.Status?.State;
};

describe('the API', () => {
  test('describes and lists the machines of the template', async () => {
    const { stateMachines = [] } = await it.sfn.send(new ListStateMachinesCommand({}));
    const described = await it.sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: machineArn('wait') }),
    );

    expect(stateMachines).toHaveLength(machines.length);
    expect(described).toMatchObject({
      name: 'wait',
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn: roleArn('all'),
    });
    expect(JSON.parse(described.definition ?? '')).toMatchObject({ StartAt: 'A', QueryLanguage: 'JSONata' });
    expect(
      await it.sfn.send(new ListTagsForResourceCommand({ resourceArn: machineArn('wait') })),
    ).toMatchObject({ tags: [] });
  });

  test('asks for the rights of whoever calls', async () => {
    const credentials = it.credentialsOf(roleArn('nobody'));
    const client = new SFNClient({ endpoint: it.endpoint, region: REGION, credentials });

    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: machineArn('greet') })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`states:StartExecution on resource: ${machineArn('greet')}`) as string,
    });
    await expect(client.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    client.destroy();
  });
});

describe('a machine that cannot run stops the start', () => {
  const start = async (one: ReturnType<typeof machine>) => {
    const cloud = await openCloud({ resources: [role('all', '*'), role('nobody', 's3:GetObject'), one] });
    await cloud.destroy();
  };

  test('and says which machine and state, and why', async () => {
    await expect(
      start(machine('old', 'all', { A: { Type: 'Pass', ResultPath: '$.a', End: true } })),
    ).rejects.toThrow(
      /State machine .*old of stack Test cannot run here:\nstate "A": ResultPath belongs to JSONPath/,
    );
  });

  test('as does an EXPRESS workflow', async () => {
    const express = machine('fast', 'all', { A: { Type: 'Succeed' } });

    await expect(
      start(resource(express.type, express.ref, { ...express.properties, StateMachineType: 'EXPRESS' })),
    ).rejects.toThrow('must be STANDARD');
  });

  test('as does one whose role may not hear of the end of nested executions', async () => {
    const nested = { A: call('states:startExecution.sync:2', { StateMachineArn: machineArn('greet') }) };

    await expect(start(machine('nested', 'nobody', nested))).rejects.toThrow(
      'its role needs events:PutTargets',
    );
  });
});
