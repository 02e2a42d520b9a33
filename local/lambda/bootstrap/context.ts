import type { Invocation, Start } from '../protocol.ts';

/**
 * The context object a handler receives.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export const contextOf = (start: Start, invocation: Invocation) => ({
  awsRequestId: invocation.requestId,
  functionName: start.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: invocation.arn,
  memoryLimitInMB: String(start.memoryMb),
  logGroupName: start.logGroup,
  logStreamName: start.logStream,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
});
