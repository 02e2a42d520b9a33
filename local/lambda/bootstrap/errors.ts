/** An error of the runtime itself, with the type Lambda reports it under. */
export const runtimeError = (type: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name: type });

/** The error for a result that JSON cannot carry, such as a BigInt or a cycle. */
export const marshalError = (cause: unknown): Error =>
  runtimeError('Runtime.MarshalError', `Unable to stringify response body: ${String(cause)}`, cause);

/**
 * The payload of a failed invocation: `{ errorType, errorMessage, trace }` as JSON text.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export const errorPayload = (error: unknown): string =>
  JSON.stringify(
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] },
  );
