import * as z from 'zod';
import type { Resource } from '../service.ts';

const TARGET = /^arn:aws:(?:states:[^:]*:\d+:stateMachine|lambda:[^:]*:\d+:function):[^:]+(?::[^:]+)?$/;

const retryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(86_400).default(86_400),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).default(185),
});

const target = z.strictObject({
  Arn: z
    .string()
    .regex(TARGET, 'is no state machine or function by its ARN: the local cloud calls no other targets'),
  RoleArn: z.string(),
  Input: z.string().optional(),
  RetryPolicy: retryPolicy.default({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }),
});

/** A setting that is not here is one the local cloud does not have. */
const properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  GroupName: z.string().default('default'),
  KmsKeyArn: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  StartDate: z.iso.datetime({ offset: true }).optional(),
  EndDate: z.iso.datetime({ offset: true }).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.strictObject({
    Mode: z.literal('OFF', { error: 'must be OFF: the local cloud calls targets at their time' }),
  }),
  Target: target,
});

export type Target = z.infer<typeof target>;

/** A schedule as the template describes it, with AWS's defaults. Times in milliseconds since 1970. */
export interface Schedule {
  readonly arn: string;
  readonly name: string;
  readonly group: string;
  readonly description: string | undefined;
  readonly expression: string;
  readonly zone: string;
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly enabled: boolean;
  readonly target: Target;
}

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/**
 * Reads an `AWS::Scheduler::Schedule`; throws Error when the local cloud cannot keep it, saying what differs.
 * Defaults and ranges: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedule.html
 */
export const readSchedule = (resource: Resource): Schedule => {
  const parsed = properties.safeParse(resource.properties);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { data } = parsed;
  return {
    arn: resource.attributes['Arn'] ?? '',
    name: resource.ref,
    group: data.GroupName,
    description: data.Description,
    expression: data.ScheduleExpression,
    zone: data.ScheduleExpressionTimezone,
    start: timeOf(data.StartDate),
    end: timeOf(data.EndDate),
    enabled: data.State === 'ENABLED',
    target: data.Target,
  };
};
