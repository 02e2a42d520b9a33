import * as z from 'zod';
import { AwsError } from '../service.ts';
import { MAX_PAYLOAD } from './interpreter/limits.ts';

/** What a name of an execution may not have (API_StartExecution, `name`). */
// oxlint-disable-next-line no-control-regex -- control characters are among them
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/u;

const LIST_MAX = 1000;
const LIST_DEFAULT = 100;

const paging = {
  maxResults: z
    .int()
    .min(0)
    .max(LIST_MAX)
    .default(LIST_DEFAULT)
    .transform((size) => size || LIST_DEFAULT),
  nextToken: z.string().regex(/^\d+$/).transform(Number).default(0),
};

export const startInput = z.object({
  stateMachineArn: z.string(),
  name: z.string().min(1).max(80).optional(),
  input: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MAX_PAYLOAD, `at most ${MAX_PAYLOAD} bytes`)
    .default('{}'),
  traceHeader: z.string().optional(),
});

export const executionInput = z.object({ executionArn: z.string() });

export const stopInput = z.object({
  executionArn: z.string(),
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});

export const historyInput = z.object({
  executionArn: z.string(),
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.boolean().default(true),
  ...paging,
});

export const listInput = z.object({
  stateMachineArn: z.string(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  ...paging,
});

export const machinesInput = z.object(paging);
export const machineInput = z.object({ stateMachineArn: z.string() });
export const tagsInput = z.object({ resourceArn: z.string() });

/** Reads an operation's input; what does not fit is AWS's ValidationException. */
export const readInput = <T extends z.ZodType>(shape: T, input: unknown): z.output<T> => {
  const parsed = shape.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `Value at '${issue.path.join('.')}': ${issue.message}`);
  throw new AwsError(
    'ValidationException',
    `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${issues.join('; ')}`,
  );
};

/** Throws `InvalidName` of a name an execution may not have. */
export const checkName = (name: string): void => {
  if (FORBIDDEN.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
};

/** Throws `InvalidExecutionInput` unless a text is JSON. */
export const checkJson = (input: string): void => {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
};

/** Throws `InvalidArn` of what is no ARN at all. */
export const checkArn = (arn: string): void => {
  if (!arn.startsWith('arn:')) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
};
