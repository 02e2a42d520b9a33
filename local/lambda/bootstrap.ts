// The program of a worker: the local counterpart of the Lambda Node.js runtime.
import { parentPort, workerData } from 'node:worker_threads';
import { captureOutput, logError } from './bootstrap/console.ts';
import { errorPayload, marshalError } from './bootstrap/errors.ts';
import { type Handler, loadHandler } from './bootstrap/load.ts';
import { contextOf } from './bootstrap/context.ts';
import type { Invocation, Start, WorkerMessage } from './protocol.ts';

const start = workerData as Start;
const port = parentPort;
if (!port) throw new Error('This module runs in a worker only.');
const send = (message: WorkerMessage) => port.postMessage(message);

const current: { requestId: string | undefined } = { requestId: undefined };

const invoke = async (handler: Handler, invocation: Invocation) => {
  current.requestId = invocation.requestId;
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  try {
    const output = await handler(JSON.parse(invocation.event), contextOf(start, invocation));
    send({ type: 'result', payload: stringify(output) });
  } catch (error) {
    logError('Invoke Error', error);
    send({ type: 'error', payload: errorPayload(error) });
  }
};

const stringify = (output: unknown): string => {
  try {
    return JSON.stringify(output) ?? 'null';
  } catch (error) {
    throw marshalError(error);
  }
};

const crash = (title: string) => (error: unknown) => {
  logError(title, error);
  send({ type: 'error', payload: errorPayload(error) });
  process.exit(129);
};

const rejected = (reason: unknown) => {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  crash('Unhandled Promise Rejection')(
    Object.assign(new Error(`${error.name}: ${error.message}`), {
      name: 'Runtime.UnhandledPromiseRejection',
      stack: error.stack,
    }),
  );
};

captureOutput(
  start.logFormat,
  () => current.requestId,
  (text) => send({ type: 'log', text }),
);
process.on('uncaughtException', crash('Uncaught Exception'));
process.on('unhandledRejection', rejected);

try {
  const handler = await loadHandler(start.codeDir, start.handler);
  port.on('message', (invocation: Invocation) => void invoke(handler, invocation));
  send({ type: 'ready' });
} catch (error) {
  logError('Init Error', error);
  send({ type: 'initError', payload: errorPayload(error) });
}
