import type { Outcome } from './protocol.ts';

/** Lambda's limit on the payload of a synchronous request or response, in bytes. */
export const PAYLOAD_LIMIT = 6_291_556;

const failed = (errorType: string, errorMessage: string): Outcome => ({
  payload: JSON.stringify({ errorType, errorMessage }),
  failed: true,
  killed: `${errorType} ${errorMessage}`,
});

/** The function did not answer within its timeout, in milliseconds. */
export const timedOut = (requestId: string, timeoutMs: number): Outcome =>
  failed(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  );

/** The bundle did not finish loading within Lambda's 10 seconds. */
export const initTimedOut = (requestId: string, limitMs: number): Outcome =>
  failed(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds (while loading the bundle)`,
  );

/** The worker needed more memory than the function's MemorySize. */
export const outOfMemory = (requestId: string): Outcome =>
  failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`);

/** The worker ended by itself, by `process.exit` say. */
export const exited =
  (reason: number | string) =>
  (requestId: string): Outcome =>
    failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${exitReason(reason)}`);

/** The result is larger than Lambda hands back. */
export const responseTooLarge = (): Outcome =>
  failed(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`,
  );

const exitReason = (reason: number | string) => {
  if (typeof reason === 'string') return `with ${reason}`;
  return reason === 0 ? 'without providing a reason' : `with error: exit status ${reason}`;
};
