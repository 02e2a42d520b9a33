import * as z from 'zod';
import { AwsError } from '../service.ts';

/** Reads an operation's input; what does not fit is AWS's InvalidRequestException. */
export const readInput = <T extends z.ZodType>(shape: T, input: unknown): z.output<T> => {
  const parsed = shape.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new AwsError('InvalidRequestException', `Invalid request: ${issues}`, 400, {
    AthenaErrorCode: 'INVALID_INPUT',
  });
};

export const invalid = (message: string, code = 'INVALID_INPUT'): AwsError =>
  new AwsError('InvalidRequestException', message, 400, { AthenaErrorCode: code });

/** A page of a list whose token is the number of the first item after it. */
export const paged = <T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
): { page: readonly T[]; NextToken?: string } => {
  const start = Number(token ?? 0);
  if (!Number.isInteger(start) || start < 0) throw invalid('Invalid NextToken');
  const page = items.slice(start, start + size);
  return start + size < items.length ? { page, NextToken: String(start + size) } : { page };
};
