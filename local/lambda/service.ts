import { buffer } from 'node:stream/consumers';
import { type Answer, type Call, type Service, AwsError } from '../service.ts';
import { asyncInvoker } from './async.ts';
import type { FunctionConfig } from './config.ts';
import type { Functions } from './functions.ts';

const FUNCTIONS_PATH = '/2015-03-31/functions';

/** Lambda's limit on the payload of an asynchronous request, in bytes. */
const ASYNC_LIMIT = 1_048_576;

/**
 * The Lambda API: Invoke (RequestResponse, Event, DryRun; LogType Tail), GetFunction, GetFunctionConfiguration,
 * ListFunctions. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const lambdaService = (functions: Functions): Service => {
  const background = asyncInvoker(functions);
  return {
    name: 'lambda',
    handle: async (call) => {
      const { name, action } = route(call);
      if (name === '') return list(functions, call);
      const config = functions.find(name);
      if (action === 'invocations') return await invoke(functions, config, call, background.start);
      return describe(config, action, call);
    },
    close: async () => background.close(),
  };
};

const route = (call: Call): { name: string; action: string } => {
  const path = call.url.pathname.replace(/\/$/, '');
  const [name = '', action = '', ...rest] = path
    .slice(FUNCTIONS_PATH.length + 1)
    .split('/')
    .map(decodeURIComponent);
  const wanted = name === '' ? '' : action;
  const method = wanted === 'invocations' ? 'POST' : 'GET';
  const known = ['', 'invocations', 'configuration'].includes(wanted);
  const under = path === FUNCTIONS_PATH || path.startsWith(`${FUNCTIONS_PATH}/`);
  if (!under || rest.length > 0 || !known || call.method !== method) throw unknownOperation(call);
  return { name, action };
};

const unknownOperation = (call: Call) =>
  new AwsError(
    'UnknownOperationException',
    `The local cloud does not know ${call.method} ${call.url.pathname} of Lambda.`,
    404,
  );

const invoke = async (
  functions: Functions,
  config: FunctionConfig,
  call: Call,
  startInBackground: (arn: string, event: string) => void,
): Promise<Answer> => {
  call.authorize('lambda:InvokeFunction', config.arn);
  const event = parseEvent(await buffer(call.body));
  const type = call.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    if (Buffer.byteLength(event) > ASYNC_LIMIT) throw tooLargeForAsync(event);
    startInBackground(config.arn, event);
    return { status: 202 };
  }
  if (type !== 'RequestResponse')
    throw invalid(`InvocationType "${type}" is none of RequestResponse, Event, DryRun.`);
  const result = await functions.invokeText(config.arn, event, { source: 'lambda' });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
  };
  if (call.headers['x-amz-log-type'] === 'Tail') headers['x-amz-log-result'] = logTail(result.log);
  if (result.functionError) headers['x-amz-function-error'] = result.functionError;
  return { status: 200, headers, body: result.text };
};

const parseEvent = (body: Buffer): string => {
  const text = body.length === 0 ? '{}' : body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User', Message: message });
  }
};

const invalid = (message: string) =>
  new AwsError('InvalidParameterValueException', message, 400, { Type: 'User', Message: message });

const tooLargeForAsync = (event: string) => {
  const message = `${Buffer.byteLength(event)} byte payload is too large for the Event invocation type (limit ${ASYNC_LIMIT} bytes)`;
  return new AwsError('RequestTooLargeException', message, 413, { Type: 'User', Message: message });
};

/** The last 4 KB of the log, base64-encoded. */
const logTail = (log: string) => Buffer.from(log, 'utf8').subarray(-4096).toString('base64');

const describe = (config: FunctionConfig, action: string, call: Call): Answer => {
  if (action === 'configuration') {
    call.authorize('lambda:GetFunctionConfiguration', config.arn);
    return json(configuration(config));
  }
  call.authorize('lambda:GetFunction', config.arn);
  return json({ Configuration: configuration(config), Code: { RepositoryType: 'S3' }, Tags: {} });
};

const list = (functions: Functions, call: Call): Answer => {
  call.authorize('lambda:ListFunctions', '*');
  return json({ Functions: functions.configs.map(configuration) });
};

const configuration = (config: FunctionConfig) => ({
  FunctionName: config.name,
  FunctionArn: config.arn,
  Runtime: config.runtime,
  Role: config.role,
  Handler: config.handler,
  Timeout: config.timeoutMs / 1000,
  MemorySize: config.memoryMb,
  Version: '$LATEST',
  PackageType: 'Zip',
  State: 'Active',
  Environment: { Variables: config.environment },
  LoggingConfig: { LogFormat: config.logFormat, LogGroup: config.logGroup },
});

const json = (value: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
