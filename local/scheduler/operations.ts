import * as z from 'zod';
import { AwsError, type Answer, type Call, type Cloud } from '../service.ts';
import type { Schedule } from './config.ts';

/** A schedule with the time it was made, in milliseconds since 1970. */
export interface Known {
  readonly schedule: Schedule;
  readonly created: number;
}

const json = (body: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const seconds = (milliseconds: number): number => milliseconds / 1000;

const common = ({ schedule, created }: Known) => ({
  Arn: schedule.arn,
  Name: schedule.name,
  GroupName: schedule.group,
  State: schedule.enabled ? 'ENABLED' : 'DISABLED',
  CreationDate: seconds(created),
  LastModificationDate: seconds(created),
});

const describe = (known: Known) => {
  const { schedule } = known;
  return {
    ...common(known),
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.zone,
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'NONE',
    Target: schedule.target,
    ...(schedule.description !== undefined && { Description: schedule.description }),
    ...(schedule.start !== undefined && { StartDate: seconds(schedule.start) }),
    ...(schedule.end !== undefined && { EndDate: seconds(schedule.end) }),
  };
};

const query = z.object({
  MaxResults: z.coerce.number().int().min(1).max(100).default(100),
  NextToken: z.string().regex(/^\d+$/).transform(Number).default(0),
  NamePrefix: z.string().default(''),
  ScheduleGroup: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
});

const invalid = (error: z.ZodError): AwsError =>
  new AwsError(
    'ValidationException',
    error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );

const list = (all: readonly Known[], call: Call): Answer => {
  call.authorize('scheduler:ListSchedules', '*');
  const parsed = query.safeParse(Object.fromEntries(call.url.searchParams));
  if (!parsed.success) throw invalid(parsed.error);
  const { MaxResults, NextToken, NamePrefix, ScheduleGroup, State } = parsed.data;
  const found = all
    .filter(({ schedule }) => schedule.name.startsWith(NamePrefix))
    .filter(({ schedule }) => ScheduleGroup === undefined || schedule.group === ScheduleGroup)
    .filter((one) => State === undefined || common(one).State === State);
  const end = NextToken + MaxResults;
  return json({
    Schedules: found
      .slice(NextToken, end)
      .map((one) => ({ ...common(one), Target: { Arn: one.schedule.target.Arn } })),
    ...(found.length > end && { NextToken: String(end) }),
  });
};

const get = ({ region, account }: Cloud, all: readonly Known[], name: string, call: Call): Answer => {
  const group = call.url.searchParams.get('groupName') ?? 'default';
  call.authorize('scheduler:GetSchedule', `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`);
  const known = all.find(({ schedule }) => schedule.name === name && schedule.group === group);
  if (known) return json(describe(known));
  throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
};

/**
 * The operations of EventBridge Scheduler: ListSchedules and GetSchedule. Schedules come from the template only.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/
 */
export const schedulerOperations =
  (cloud: Cloud, all: readonly Known[]) =>
  async (call: Call): Promise<Answer> => {
    const [, first, name, ...rest] = call.url.pathname.split('/').map(decodeURIComponent);
    if (call.method === 'GET' && first === 'schedules' && rest.length === 0)
      return name === undefined || name === '' ? list(all, call) : get(cloud, all, name, call);
    const message = `The local cloud does not know ${call.method} ${call.url.pathname} of EventBridge Scheduler.`;
    throw new AwsError('UnknownOperationException', message, 404);
  };
