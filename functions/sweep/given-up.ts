import * as z from 'zod';
import type { SourceRecord } from '../relay/sort.ts';

/** A batch that an event source mapping gave up. */
export interface GivenUp {
  /** Why: `RetryAttemptsExhausted` or `RecordAgeExceeded`. */
  readonly condition: string;
  readonly tried: number;
  readonly records: readonly SourceRecord[];
}

const invocationRecord = z.looseObject({
  requestContext: z.looseObject({ condition: z.string(), approximateInvokeCount: z.int().nonnegative() }),
  payload: z.string(),
});

const streamEvent = z.looseObject({ Records: z.array(z.looseObject({ eventID: z.string().min(1) })).min(1) });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Reads an object of an on-failure destination: an invocation record whose payload is the whole event, as text. Undefined for
 * what is none.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 *
 * @example
 * parseGivenUp(body)?.records.length // 2000
 */
export const parseGivenUp = (body: string): GivenUp | undefined => {
  const record = invocationRecord.safeParse(parsed(body)).data;
  const event = record && streamEvent.safeParse(parsed(record.payload)).data;
  if (!event) return undefined;
  const { condition, approximateInvokeCount: tried } = record.requestContext;
  return { condition, tried, records: event.Records as unknown as SourceRecord[] };
};
