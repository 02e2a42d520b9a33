import { randomBytes, randomUUID } from 'node:crypto';
import { type Cloud, type Resource, AwsError } from '../service.ts';
import { type FunctionConfig, functionConfig, functionName, settingsWithoutEffect } from './config.ts';
import type { Credentials } from './environment.ts';
import { PAYLOAD_LIMIT, responseTooLarge } from './failures.ts';
import { type Done, type Pool, openPool } from './pool.ts';

export interface LambdaOptions {
  /** Credentials of the function's role, under which its calls to the endpoint are authorised. */
  readonly credentialsFor: (functionResource: Resource) => Credentials;
  /** Workers a function may have at once; more invocations wait in line. Default 10. */
  readonly maxWorkers?: number;
  /** Milliseconds after which an idle worker is stopped, the last one excepted. Default 60,000. */
  readonly idleMs?: number;
}

export interface InvokeOptions {
  /** Who invokes, for the log: a service name such as `apigateway`. */
  readonly source: string;
  /** `X-Amzn-Trace-Id` of the request that led here. */
  readonly traceId?: string;
  /** Ends the worker under the invocation when it is aborted, as a crash would. */
  readonly killed?: AbortSignal;
}

export interface InvokeResult {
  readonly requestId: string;
  readonly executedVersion: '$LATEST';
  /** What the handler returned, or `{ errorType, errorMessage, trace }` when `functionError` is set. */
  readonly payload: unknown;
  /** The payload as the JSON text it came in. */
  readonly text: string;
  readonly functionError?: 'Handled' | 'Unhandled';
  /** What the invocation logged, START, END and REPORT included. */
  readonly log: string;
}

/** The deployed functions, ready to be invoked. */
export interface Functions {
  readonly configs: readonly FunctionConfig[];
  /** The function of a name or ARN, with or without a version or alias; throws `ResourceNotFoundException`. */
  find(nameOrArn: string): FunctionConfig;
  /**
   * Invokes synchronously. A handler's failure is a result with `functionError`; it throws AwsError when the function was
   * not run: `ResourceNotFoundException`, `RequestTooLargeException`, `TooManyRequestsException`.
   */
  invoke(nameOrArn: string, event: unknown, options: InvokeOptions): Promise<InvokeResult>;
  /** Like `invoke`, with the event already as JSON text. */
  invokeText(nameOrArn: string, event: string, options: InvokeOptions): Promise<InvokeResult>;
  /** Stops taking invocations, gives the running ones two seconds to end, then stops every worker. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2000;

/**
 * Runs the `AWS::Lambda::Function` resources, each in worker threads of its own. A function the local cloud cannot run
 * is named in a warning; invoking it answers `ResourceNotFoundException`.
 *
 * @example
 * const functions = startLambda(cloud, { credentialsFor: (resource) => iam.credentialsOf(resource.properties.Role) });
 * const { payload, functionError } = await functions.invoke('api', { hello: 1 }, { source: 'test' });
 */
export const startLambda = (cloud: Cloud, options: LambdaOptions): Functions => {
  const configs = readConfigs(cloud);
  const pools = new Map<string, Pool>();
  const running = new Set<Promise<unknown>>();
  const state = { closed: false };
  const find = (nameOrArn: string) => findConfig(cloud, configs, nameOrArn);
  const poolOf = (config: FunctionConfig) => {
    const pool = pools.get(config.name) ?? openPool(cloud, config, poolOptions(config, options));
    pools.set(config.name, pool);
    return pool;
  };
  const invokeText = async (nameOrArn: string, event: string, invokeOptions: InvokeOptions) => {
    if (state.closed) throw new AwsError('ServiceException', 'The local cloud is stopping.', 500);
    const config = find(nameOrArn);
    const invocation = invokeOn(poolOf(config), config, event, invokeOptions);
    running.add(invocation);
    return await invocation.finally(() => running.delete(invocation));
  };
  return {
    configs: [...configs.values()],
    find,
    invokeText,
    invoke: async (nameOrArn, event, invokeOptions) =>
      await invokeText(nameOrArn, JSON.stringify(event) ?? 'null', invokeOptions),
    close: async () => {
      state.closed = true;
      await settledWithin(running, CLOSE_GRACE_MS);
      await Promise.all([...pools.values()].map(async (pool) => await pool.close()));
    },
  };
};

const readConfigs = (cloud: Cloud): ReadonlyMap<string, FunctionConfig> => {
  const configs = new Map<string, FunctionConfig>();
  for (const resource of cloud.resources('AWS::Lambda::Function')) {
    const ignored = settingsWithoutEffect(resource);
    if (ignored.length > 0)
      cloud.log('warn', 'lambda', `${resource.ref}: ${ignored.join(', ')} has no effect here.`);
    try {
      configs.set(resource.ref, functionConfig(cloud, resource));
    } catch (error) {
      cloud.log('warn', 'lambda', (error as Error).message);
    }
  }
  return configs;
};

const findConfig = (cloud: Cloud, configs: ReadonlyMap<string, FunctionConfig>, nameOrArn: string) => {
  const name = functionName(nameOrArn);
  const config = configs.get(name);
  if (config) return config;
  const message = `Function not found: arn:aws:lambda:${cloud.region}:${cloud.account}:function:${name}`;
  throw new AwsError('ResourceNotFoundException', message, 404, { Type: 'User', Message: message });
};

const poolOptions = (config: FunctionConfig, options: LambdaOptions) => ({
  credentials: options.credentialsFor(config.resource),
  maxWorkers: options.maxWorkers ?? 10,
  idleMs: options.idleMs ?? 60_000,
});

const invokeOn = async (pool: Pool, config: FunctionConfig, event: string, options: InvokeOptions) => {
  if (Buffer.byteLength(event) > PAYLOAD_LIMIT) throw requestTooLarge(Buffer.byteLength(event));
  const requestId = randomUUID();
  const traceId = options.traceId ?? newTraceId();
  const done = await pool.run({ requestId, arn: config.arn, event, traceId }, options.killed);
  const oversized = !done.failed && Buffer.byteLength(done.payload) > PAYLOAD_LIMIT;
  return result(requestId, oversized ? { ...done, ...responseTooLarge() } : done);
};

const result = (requestId: string, done: Done): InvokeResult => ({
  requestId,
  executedVersion: '$LATEST',
  payload: JSON.parse(done.payload),
  text: done.payload,
  ...(done.failed ? { functionError: 'Unhandled' as const } : {}),
  log: done.tail,
});

const requestTooLarge = (bytes: number) => {
  const message = `Request must be smaller than ${PAYLOAD_LIMIT} bytes for the InvokeFunction operation; it has ${bytes}.`;
  return new AwsError('RequestTooLargeException', message, 413, { Type: 'User', Message: message });
};

const newTraceId = () => {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
};

const settledWithin = async (running: ReadonlySet<Promise<unknown>>, ms: number) => {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([Promise.allSettled(running), grace]);
  clearTimeout(timer);
};
