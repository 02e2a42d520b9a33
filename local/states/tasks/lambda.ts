import { StateError } from '../interpreter/errors.ts';
import { textOf, type Json, type JsonObject } from '../json.ts';
import { optimisedError } from './failure.ts';
import type { Integration } from './integration.ts';
import { errorOf, post, type Reply } from '../../gateway/request.ts';

const NAMING = { prefix: 'Lambda', service: 'AWSLambda', undeclared: 'AWSLambdaException' };

/** Errors every service may answer with, which Lambda's API does not declare. */
const UNDECLARED = new Set(['AccessDeniedException', 'UnknownOperationException', 'InternalFailure']);

const requestIdOf = ({ headers }: Reply): string => String(headers['x-amzn-requestid'] ?? '');

const refused = (reply: Reply): StateError => {
  const { code, message } = errorOf(reply);
  const declared = !UNDECLARED.has(code);
  return optimisedError(NAMING, {
    code,
    message,
    declared,
    status: reply.status,
    requestId: requestIdOf(reply),
  });
};

/** A function's own failure has the name its error has. */
const functionError = ({ body }: Reply): StateError => {
  const { errorType } = JSON.parse(body) as { errorType?: string };
  return new StateError(errorType ?? 'Lambda.Unknown', body);
};

const parsed = (body: string): Json => {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
};

const resultOf = (reply: Reply): JsonObject => {
  const headers = Object.entries(reply.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return {
    ExecutedVersion: String(reply.headers['x-amz-executed-version'] ?? '$LATEST'),
    Payload: parsed(reply.body),
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
      HttpHeaders: Object.fromEntries(headers),
      HttpStatusCode: reply.status,
    },
    SdkResponseMetadata: { RequestId: requestIdOf(reply) },
    StatusCode: reply.status,
  };
};

/**
 * `arn:aws:states:::lambda:invoke`: invokes a function and waits for its result, which is in `Payload`.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export const lambdaInvoke: Integration = {
  prefix: NAMING.prefix,
  fields: { required: ['FunctionName'], optional: ['Payload'] },
  call: async (caller, { signal }, { FunctionName, Payload }) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(textOf(FunctionName))}/invocations`;
    const body = Payload === undefined ? '{}' : JSON.stringify(Payload);
    const reply = await post(caller, { service: 'lambda', path, body }, signal);
    if (reply.status !== 200) throw refused(reply);
    if (reply.headers['x-amz-function-error'] !== undefined) throw functionError(reply);
    return resultOf(reply);
  },
};
