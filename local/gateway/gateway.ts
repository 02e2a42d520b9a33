import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { requirePermission, type Principals } from '../iam/principals.ts';
import { LostAnswer } from '../faults/errors.ts';
import { AwsError, type Answer, type Call, type Service } from '../service.ts';
import { jsonError } from './json.ts';
import { accessKeyOf, serviceOf } from './signature.ts';

/** The one endpoint every AWS SDK talks to. */
export interface Gateway {
  readonly address: string;
  /** Services answer from now on; before, every call gets 503. */
  open(services: readonly Service[], principals: Principals): void;
  close(): Promise<void>;
}

interface State {
  services: ReadonlyMap<string, Service>;
  principals: Principals | undefined;
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

const callOf = (request: IncomingMessage, principals: Principals, errorCode: string): Call => {
  const headers = headersOf(request);
  const url = new URL(request.url ?? '/', `http://${headers.host ?? '127.0.0.1'}`);
  const principal = principals.byAccessKey(accessKeyOf(headers, url));
  return {
    id: randomUUID(),
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    url,
    headers,
    body: request,
    callerArn: principal.arn,
    authorize: (action, resourceArn) => requirePermission(principal, action, resourceArn, errorCode),
  };
};

const answerCall = async (
  state: State,
  request: IncomingMessage,
): Promise<{ answer: Answer; id: string }> => {
  const headers = headersOf(request);
  const name = serviceOf(headers, new URL(request.url ?? '/', 'http://127.0.0.1'));
  const service = state.services.get(name);
  if (!state.principals)
    return {
      answer: jsonError(new AwsError('ServiceUnavailable', 'The local cloud is starting.', 503)),
      id: randomUUID(),
    };
  const call = callOf(request, state.principals, name === 's3' ? 'AccessDenied' : 'AccessDeniedException');
  if (service) return { answer: await service.handle(call), id: call.id };
  const message = `The local cloud has no service "${name}". It has ${[...state.services.keys()].toSorted().join(', ')}.`;
  return { answer: jsonError(new AwsError('UnknownOperationException', message)), id: call.id };
};

const errorAnswer = (error: unknown, log: (message: string) => void): Answer => {
  if (error instanceof AwsError) return jsonError(error);
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return jsonError(new AwsError('InternalFailure', 'The local cloud failed; its terminal says why.', 500));
};

const send = async (response: ServerResponse, answer: Answer, id: string): Promise<void> => {
  response.writeHead(answer.status, { 'x-amzn-requestid': id, 'x-amz-request-id': id, ...answer.headers });
  if (answer.body instanceof Readable) await pipeline(answer.body, response);
  else response.end(answer.body);
};

const serve = async (
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  log: (message: string) => void,
): Promise<void> => {
  try {
    const { answer, id } = await answerCall(state, request).catch((error: unknown) => {
      if (error instanceof LostAnswer) throw error;
      return { answer: errorAnswer(error, log), id: randomUUID() };
    });
    await send(response, answer, id);
  } catch {
    response.destroy();
  } finally {
    request.resume();
  }
};

const listen = async (server: Server, port: number): Promise<void> => {
  server.listen(port, '127.0.0.1');
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error as Error)),
  ]);
};

/**
 * Starts the endpoint on a loopback port. Rejects with the system's error when the port is in use.
 *
 * @example
 * const gateway = await startGateway({ port: 4566, log });
 * gateway.open([s3, dynamodb], principals);
 */
export const startGateway = async ({
  port,
  log,
}: {
  port: number;
  log: (message: string) => void;
}): Promise<Gateway> => {
  const state: State = { services: new Map(), principals: undefined };
  const server = createServer((request, response) => void serve(state, request, response, log));
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  const bound = server.address();
  const address = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : port}`;
  return {
    address,
    open: (services, principals) => {
      state.services = new Map(services.map((service) => [service.name, service]));
      state.principals = principals;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await Promise.resolve();
    },
  };
};
