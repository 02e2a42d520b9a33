import * as z from 'zod';
import type { StreamRecord } from '../lake/change-row.ts';
import { parseJson } from './text.ts';

/** A stream record as a function is given it: it says which stream it is of. */
export type GivenUpRecord = StreamRecord & { readonly eventID: string; readonly eventSourceARN?: string };

/** A batch that an event source mapping gave up. */
export interface GivenUp {
  /** Why: `RetryAttemptsExhausted` or `RecordAgeExceeded`. */
  readonly condition: string;
  readonly tried: number;
  /** RFC 3339, if it says. */
  readonly when: string | null;
  readonly records: readonly GivenUpRecord[];
}

const invocationRecord = z.looseObject({
  requestContext: z.looseObject({ condition: z.string(), approximateInvokeCount: z.int().nonnegative() }),
  version: z.literal('1.0').optional(),
  timestamp: z.iso.datetime().optional(),
  payload: z.string(),
});

const streamEvent = z.looseObject({ Records: z.array(z.looseObject({ eventID: z.string().min(1) })).min(1) });

/**
 * Reads an object of an on-failure destination: an invocation record whose payload is the whole event, as text. Undefined for
 * what is none, or of a version nobody knows.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 *
 * @example
 * parseGivenUp(body)?.records.length // 2000
 */
export const parseGivenUp = (body: string): GivenUp | undefined => {
  const record = invocationRecord.safeParse(parseJson(body)).data;
  const event = record && streamEvent.safeParse(parseJson(record.payload)).data;
  if (!event) return undefined;
  const { condition, approximateInvokeCount: tried } = record.requestContext;
  const records = event.Records as unknown as GivenUpRecord[];
  return { condition, tried, when: record.timestamp ?? null, records };
};
