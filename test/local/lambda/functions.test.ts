import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLambda } from '../../../local/lambda/functions.ts';
import { addFunction, credentialsFor, eventually, functionArn, removeFolder, testCloud } from './cloud.ts';

const start = async (source: string, properties = {}, options = {}, format: 'esm' | 'cjs' = 'esm') => {
  const cloud = testCloud();
  await addFunction(cloud, 'fn', source, properties, format);
  const functions = startLambda(cloud, { credentialsFor, ...options });
  onTestFinished(async () => {
    await functions.close();
    removeFolder(cloud.assemblyDir);
  });
  return {
    cloud,
    invoke: async (event: unknown = {}, name = 'fn') =>
      await functions.invoke(name, event, { source: 'test' }),
    functions,
  };
};

describe('a handler', () => {
  it('receives the event and its result is the payload', async () => {
    const { invoke } = await start('export const handler = async (event) => ({ doubled: event.n * 2 })');

    const result = await invoke({ n: 21 });

    expect(result).toMatchObject({ payload: { doubled: 42 }, executedVersion: '$LATEST' });
    expect(result.functionError).toBeUndefined();
  });

  it('may be a CommonJS bundle below a folder whose package.json says module', async () => {
    const { invoke } = await start('export const handler = async () => typeof require', {}, {}, 'cjs');

    expect(await invoke()).toMatchObject({ payload: 'function' });
  });

  it('that returns nothing gives null', async () => {
    const { invoke } = await start('export const handler = async () => {}');

    expect((await invoke()).payload).toBeNull();
  });

  it('is found by its ARN with a version or alias', async () => {
    const { invoke } = await start('export const handler = async () => 1');

    expect((await invoke({}, `${functionArn('fn')}:live`)).payload).toBe(1);
    expect((await invoke({}, 'fn:$LATEST')).payload).toBe(1);
  });

  it('that is not deployed gives ResourceNotFoundException', async () => {
    const { invoke } = await start('export const handler = async () => 1');

    await expect(invoke({}, 'other')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
    });
  });

  it('sees the environment of the template and of the runtime, not that of the host', async () => {
    const { invoke } = await start('export const handler = async () => process.env', {
      Environment: { Variables: { TABLE: 'orders' } },
    });

    const env = (await invoke()).payload as Record<string, string>;

    expect(env).toMatchObject({
      TABLE: 'orders',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'fn',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'AKIA-fn',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    });
    expect(env).not.toHaveProperty('PATH');
    expect(env).not.toHaveProperty('HOME');
    expect(env['_X_AMZN_TRACE_ID']).toMatch(/^Root=1-/);
  });

  it('gets the context of Lambda', async () => {
    const { invoke } = await start(
      'export const handler = async (_, c) => ({ ...c, left: c.getRemainingTimeInMillis() })',
    );

    const { payload, requestId } = await invoke();

    expect(payload).toMatchObject({
      awsRequestId: requestId,
      functionName: 'fn',
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn('fn'),
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/fn',
    });
    expect((payload as { left: number }).left).toBeLessThanOrEqual(10_000);
  });
});

describe('a failing handler', () => {
  it('that throws gives type, message and trace', async () => {
    const { invoke } = await start(
      'export const handler = async () => { throw new TypeError("no such order") }',
    );

    const result = await invoke();

    expect(result.functionError).toBe('Unhandled');
    expect(result.payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such order' });
    const { trace } = result.payload as { trace: string[] };
    expect(trace[0]).toBe('TypeError: no such order');
    expect(trace.join('\n')).toContain('file:///var/runtime/index.mjs');
    expect(trace.join('\n')).not.toContain('data:text/javascript');
  });

  it('is stopped at its timeout, and the next invocation gets a new worker', async () => {
    const { invoke } = await start(
      'let calls = 0; export const handler = async (e) => { calls += 1; if (e.hang) for (;;); return calls }',
      { Timeout: 1 },
    );

    const hung = await invoke({ hang: true });

    expect(hung.payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${hung.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect((await invoke()).payload).toBe(1);
  });

  it('that exits the process gives Runtime.ExitError, and the next invocation works', async () => {
    const { invoke } = await start(
      'export const handler = async (e) => { if (e.exit) process.exit(7); return "fine" }',
    );

    const exited = await invoke({ exit: true });

    expect(exited.functionError).toBe('Unhandled');
    expect(exited.payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${exited.requestId} Error: Runtime exited with error: exit status 7`,
    });
    expect((await invoke()).payload).toBe('fine');
  });

  it('that takes more memory than it has gives Runtime.ExitError', async () => {
    const { invoke } = await start(
      'export const handler = async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill({})) }',
      { MemorySize: 128, Timeout: 60 },
    );

    expect((await invoke()).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed') as string,
    });
  });

  it('with an error outside its promise gives that error', async () => {
    const { invoke } = await start(
      'export const handler = () => new Promise(() => setImmediate(() => { throw new RangeError("late") }))',
    );

    expect((await invoke()).payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'late' });
  });

  it('with a rejection nobody handles gives Runtime.UnhandledPromiseRejection', async () => {
    const { invoke } = await start(
      'export const handler = () => new Promise(() => { void Promise.reject(new Error("lost")) })',
    );

    expect((await invoke()).payload).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: lost',
    });
  });

  it('whose result is not JSON gives Runtime.MarshalError', async () => {
    const { invoke } = await start('export const handler = async () => ({ n: 1n })');

    expect((await invoke()).payload).toMatchObject({ errorType: 'Runtime.MarshalError' });
  });

  it('whose bundle throws on import gives that error each time', async () => {
    const { invoke } = await start('throw new Error("no TABLE"); export const handler = 1');

    expect((await invoke()).payload).toMatchObject({ errorType: 'Error', errorMessage: 'no TABLE' });
    expect((await invoke()).payload).toMatchObject({ errorType: 'Error', errorMessage: 'no TABLE' });
  });

  it.each([
    ['index.main', 'Runtime.HandlerNotFound'],
    ['other.handler', 'Runtime.ImportModuleError'],
  ])('named %s gives %s', async (handler, errorType) => {
    const { invoke } = await start('export const handler = async () => 1', { Handler: handler });

    expect((await invoke()).payload).toMatchObject({ errorType });
  });

  it('that takes a callback is refused, as by the Node.js 24 runtime', async () => {
    const { invoke } = await start('export const handler = (event, context, callback) => callback(null, 1)');

    expect((await invoke()).payload).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });
});

describe('payload limits', () => {
  it('a request over 6 MB is refused', async () => {
    const { invoke } = await start('export const handler = async () => 1');

    await expect(invoke({ text: 'x'.repeat(6_291_557) })).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      status: 413,
    });
  });

  it('a response of exactly the limit passes and one byte more does not', async () => {
    const { invoke } = await start('export const handler = async (e) => "x".repeat(e.bytes - 2)');

    expect((await invoke({ bytes: 6_291_556 })).functionError).toBeUndefined();
    expect((await invoke({ bytes: 6_291_557 })).payload).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });
});

describe('workers', () => {
  const gate = `
    let running = 0;
    const worker = Math.random();
    export const handler = async () => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { worker, running: running-- };
    };
  `;

  it('run one invocation at a time each, and are reused', async () => {
    const { invoke } = await start(gate, {}, { maxWorkers: 2 });

    const results = await Promise.all(Array.from({ length: 8 }, async () => await invoke()));

    const seen = results.map(({ payload }) => payload as { worker: number; running: number });
    expect(seen.map(({ running }) => running)).toEqual(seen.map(() => 1));
    expect(new Set(seen.map(({ worker }) => worker)).size).toBeLessThanOrEqual(2);
  });

  it('beyond the reserved concurrency are throttled', async () => {
    const { invoke } = await start(gate, { ReservedConcurrentExecutions: 1 });

    const [first, second] = await Promise.allSettled([invoke(), invoke()]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'TooManyRequestsException', status: 429 },
    });
  });

  it('that wait in line while the cloud stops are told so', async () => {
    const { invoke, functions } = await start(
      'export const handler = () => new Promise(() => {})',
      {},
      { maxWorkers: 1 },
    );
    const running = Promise.allSettled([invoke(), invoke()]);

    await functions.close();

    const [first, second] = await running;
    expect(first).toMatchObject({ status: 'fulfilled', value: { functionError: 'Unhandled' } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'ServiceException' } });
  });
});

describe('logs', () => {
  it('go to the terminal with their level and to the log file', async () => {
    const { cloud, invoke, functions } = await start(`
      export const handler = async () => {
        console.log('placed', { id: 7 });
        console.error('broken');
        process.stdout.write('{"level":"WARN","message":"low stock"}\\n');
        process.stdout.write('{"_aws":{"CloudWatchMetrics":[]},"orders":1}\\n');
        process.stdout.write('no newline');
      };
    `);

    const { log, requestId } = await invoke();
    await functions.close();

    expect(cloud.lines).toEqual([
      { level: 'info', source: 'fn', message: 'placed { id: 7 }' },
      { level: 'error', source: 'fn', message: 'broken' },
      { level: 'warn', source: 'fn', message: '{"level":"WARN","message":"low stock"}' },
      { level: 'debug', source: 'fn', message: '{"_aws":{"CloudWatchMetrics":[]},"orders":1}' },
      { level: 'info', source: 'fn', message: 'no newline' },
    ]);
    const file = readFileSync(join(cloud.dataDir, 'logs', 'fn.log'), 'utf8');
    expect(file).toContain(`START RequestId: ${requestId}`);
    expect(file).toMatch(/REPORT RequestId: .*Init Duration/);
    expect(file).toContain(`${requestId}\tINFO\tplaced { id: 7 }`);
    expect(log).toContain('no newline');
  });

  it('of JSON format are structured', async () => {
    const { cloud, invoke } = await start('export const handler = async () => console.warn("hot", 1)', {
      LoggingConfig: { LogFormat: 'JSON' },
    });

    const { requestId } = await invoke();

    const line = await eventually('a line', () => cloud.lines[0]);
    expect(line.level).toBe('warn');
    expect(JSON.parse(line.message)).toMatchObject({ level: 'WARN', requestId, message: 'hot 1' });
  });
});

describe('a function that cannot run here', () => {
  it('is named in a warning, with the reason', async () => {
    const { cloud, invoke } = await start('export const handler = 1', { Runtime: 'python3.13' });

    expect(cloud.lines[0]).toMatchObject({ level: 'warn', source: 'lambda' });
    expect(cloud.lines[0]?.message).toMatch(/Logicalfn.*Node\.js runtime/s);
    await expect(invoke()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});
