import { randomUUID } from 'node:crypto';
import type { InvokeResult } from '../functions.ts';
import { type StreamRecord, eventText } from './record.ts';
import type { Mapping } from './settings.ts';

/** Why records were given up. */
export type Condition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface GivenUp {
  readonly condition: Condition;
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly invocations: number;
  readonly shardId: string;
  readonly functionArn: string;
  /** The last invocation's result; undefined when the records were never sent. */
  readonly result: Pick<InvokeResult, 'requestId' | 'executedVersion' | 'functionError'> | undefined;
}

/**
 * The invocation record an S3 on-failure destination receives, and its key; `payload` is the whole event as text.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const failureRecord = (mapping: Mapping, givenUp: GivenUp, now: Date) => ({
  key: `aws/lambda/${mapping.id}/${givenUp.shardId}/${dated(now)}-${randomUUID()}`,
  body: {
    requestContext: {
      requestId: givenUp.result?.requestId ?? randomUUID(),
      functionArn: givenUp.functionArn,
      condition: givenUp.condition,
      approximateInvokeCount: givenUp.invocations,
    },
    ...responseContext(givenUp),
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: batchInfo(mapping, givenUp),
    payload: eventText(givenUp.records),
  },
});

const dated = (now: Date) => {
  const iso = now.toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')}/${iso.slice(0, 19).replaceAll(':', '.')}`;
};

const responseContext = ({ result }: GivenUp) => {
  if (!result) return {};
  const { executedVersion, functionError } = result;
  return {
    responseContext: { statusCode: 200, executedVersion, ...(functionError ? { functionError } : {}) },
  };
};

const batchInfo = (mapping: Mapping, { records, shardId }: GivenUp) => {
  const [first] = records;
  const last = records.at(-1) ?? first;
  return {
    shardId,
    startSequenceNumber: first.sequenceNumber,
    endSequenceNumber: last.sequenceNumber,
    approximateArrivalOfFirstRecord: new Date(first.createdMs).toISOString(),
    approximateArrivalOfLastRecord: new Date(last.createdMs).toISOString(),
    batchSize: records.length,
    streamArn: mapping.streamArn,
  };
};
