import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { errorOf, post, type Caller, type Reply, type Request } from '../gateway/request.ts';
import type { Schedule, Target } from './config.ts';

/** The call a target gets. */
export const targetRequest = ({ Arn }: Target, input: string): Request =>
  Arn.startsWith('arn:aws:lambda:')
    ? {
        service: 'lambda',
        path: `/2015-03-31/functions/${encodeURIComponent(Arn)}/invocations`,
        headers: { 'x-amz-invocation-type': 'Event' },
        body: input,
      }
    : {
        service: 'states',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AWSStepFunctions.StartExecution',
        },
        body: JSON.stringify({ stateMachineArn: Arn, input }),
      };

export interface Invocation {
  readonly id: string;
  /** When the schedule was due, milliseconds since 1970. */
  readonly due: number;
  readonly attempt: number;
}

/**
 * The input of a target, with the schedule's own attributes filled in.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export const inputOf = ({ arn, target }: Schedule, { id, due, attempt }: Invocation): string => {
  const attributes: Readonly<Record<string, string>> = {
    'schedule-arn': arn,
    'scheduled-time': new Date(due).toISOString().replace('.000Z', 'Z'),
    'execution-id': id,
    'attempt-number': String(attempt),
  };
  return (target.Input ?? '{}').replaceAll(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (whole, name: string) => attributes[name] ?? whole,
  );
};

const WORTH_ANOTHER_TRY = new Set(['ThrottlingException', 'TooManyRequestsException', 'ServiceUnavailable']);

interface Failure {
  readonly reason: string;
  readonly isLasting: boolean;
}

const failureOf = (reply: Reply): Failure | undefined => {
  if (reply.status < 300) return undefined;
  const { code, message } = errorOf(reply);
  return { reason: `${code}: ${message}`, isLasting: reply.status < 500 && !WORTH_ANOTHER_TRY.has(code) };
};

/** What is needed to call targets. */
export interface InvokeParts {
  readonly clock: Clock;
  readonly callerOf: (roleArn: string) => Caller;
  readonly warn: (message: string) => void;
}

const FIRST_WAIT_MS = 1000;
const LAST_WAIT_MS = 60_000;

/**
 * Calls a schedule's target in the name of its role. What may pass is tried again, after waits that grow from one
 * second to a minute, as long as the retry policy lets it.
 */
export const invokeTarget = async (
  { clock, callerOf, warn }: InvokeParts,
  schedule: Schedule,
  due: number,
  signal: AbortSignal,
): Promise<void> => {
  const { Arn, RoleArn, RetryPolicy } = schedule.target;
  const id = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const request = targetRequest(schedule.target, inputOf(schedule, { id, due, attempt }));
    const failure = await post(callerOf(RoleArn), request, signal).then(
      failureOf,
      (error: unknown): Failure => ({ reason: String(error), isLasting: false }),
    );
    if (!failure || signal.aborted) return;
    const isOld = clock.now() - due > RetryPolicy.MaximumEventAgeInSeconds * 1000;
    if (failure.isLasting || isOld || attempt > RetryPolicy.MaximumRetryAttempts)
      return warn(`${schedule.name}: ${Arn} was not called. ${failure.reason}`);
    await clock.sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LAST_WAIT_MS), signal);
  }
};
