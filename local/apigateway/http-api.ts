import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Cloud } from '../service.ts';
import type { Functions } from '../lambda/functions.ts';
import type { HttpAnswer } from './answer.ts';
import type { Jwks } from './authorize.ts';
import { type Gateway, answerTo } from './handle.ts';
import { httpApi } from './model.ts';
import { GatewayProblem, problemAnswer } from './problems.ts';
import { headBytes, readBody, requestHead } from './request.ts';

export interface HttpApiOptions {
  readonly functions: Functions;
  readonly jwks: Jwks;
  /** 0 for any free port. */
  readonly port: number;
}

/** The HTTP API of the template, listening on loopback. */
export interface RunningHttpApi {
  /** Such as `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Stops listening, lets running requests end, closes idle connections. */
  close(): Promise<void>;
}

/** Limits of HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const [BODY_LIMIT, HEAD_LIMIT] = [10 * 1024 * 1024, 10_240];

/** Above this Node itself refuses to read the head. */
const HEAD_READ_LIMIT = 128 * 1024;

/**
 * Serves the one `AWS::ApiGatewayV2::Api` of protocol HTTP: routes, function integrations of payload format 2.0, JWT
 * authorizers, CORS, AWS's limits. What the gateway refuses is a problem document (RFC 9457) that also has the `message`
 * AWS sends. Undefined when no HTTP API is deployed. Rejects with code `EADDRINUSE` when the port is taken.
 *
 * @example
 * const api = await startHttpApi(cloud, { functions, jwks: cognito.jwks, port: 3000 });
 * await fetch(`${api.address}/health`);
 */
export const startHttpApi = async (
  cloud: Cloud,
  options: HttpApiOptions,
): Promise<RunningHttpApi | undefined> => {
  warnOfRestApis(cloud);
  const api = httpApi(cloud);
  if (!api) return undefined;
  const gateway: Gateway = { cloud, api, functions: options.functions, jwks: options.jwks };
  const server = createServer(
    { maxHeaderSize: HEAD_READ_LIMIT, keepAliveTimeout: 65_000 },
    (incoming, outgoing) => {
      serve(gateway, incoming, outgoing).catch((error: unknown) => {
        outgoing.destroy();
        if (!incoming.destroyed)
          cloud.log('debug', 'apigateway', `A connection broke: ${(error as Error).message}`);
      });
    },
  );
  server.on('clientError', refuseUnreadable);
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return { address: addressOf(server), close: async () => await stop(server) };
};

const warnOfRestApis = (cloud: Cloud) => {
  for (const { logicalId } of cloud.resources('AWS::ApiGateway::RestApi')) {
    cloud.log('warn', 'apigateway', `API ${logicalId} is a REST API: only HTTP APIs run here.`);
  }
};

const addressOf = (server: Server) => {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};

/** How often connections that have become idle are closed while the server stops, in milliseconds. */
const SWEEP_MS = 50;

const stop = async (server: Server) => {
  const closed = once(server, 'close');
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await closed;
  clearInterval(sweep);
};

const serve = async (
  gateway: Gateway,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  // As many characters, and of the same alphabet, as API Gateway's request ids.
  const id = randomBytes(11).toString('base64');
  outgoing.on('error', () => undefined);
  const answer =
    headBytes(incoming) > HEAD_LIMIT
      ? problemAnswer(headTooLarge(), id)
      : await answerTo(gateway, requestHead(incoming, id), async () => await bodyWithin(incoming));
  send(incoming, outgoing, answer, id);
};

const headTooLarge = () =>
  new GatewayProblem(431, `Request line and headers together exceed ${HEAD_LIMIT} bytes.`);

const bodyWithin = async (incoming: IncomingMessage): Promise<Buffer> => {
  const body = await readBody(incoming, BODY_LIMIT);
  if (!body) throw new GatewayProblem(413, `The body exceeds ${BODY_LIMIT} bytes, the limit of HTTP APIs.`);
  return body;
};

const send = (incoming: IncomingMessage, outgoing: ServerResponse, answer: HttpAnswer, id: string): void => {
  // Whatever was not read is thrown away, so that the client can finish sending and sees the answer.
  incoming.resume();
  const bodiless = answer.status === 204 || answer.status === 304;
  const length = bodiless ? {} : { 'content-length': String(answer.body.length) };
  const headers = { ...answer.headers, 'apigw-requestid': id, ...length };
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.writeHead(answer.status);
  outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body);
};

/** Answers what Node cannot parse, so that the client does not just see a closed connection. */
const refuseUnreadable = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = tooLarge
    ? headTooLarge()
    : new GatewayProblem(400, `The request is not HTTP: ${error.message}`);
  const { status, body } = problemAnswer(problem, randomBytes(11).toString('base64'));
  const head = `HTTP/1.1 ${status} ${problem.message}\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(Buffer.concat([Buffer.from(head), body]));
};
