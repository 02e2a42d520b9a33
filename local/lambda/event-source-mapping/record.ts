import { createHash } from 'node:crypto';
import type { Mapping } from './settings.ts';
import type { RawRecord } from './streams.ts';

/** One stream record on its way to the function. */
export interface StreamRecord {
  /** Sequence number in the engine's own count. */
  readonly position: string;
  /** Sequence number as the function sees it, 21 digits or more. */
  readonly sequenceNumber: string;
  /** When the change was made, in milliseconds since the epoch, whole seconds. */
  readonly createdMs: number;
  /** The record of the event, as JSON text. */
  readonly json: string;
  readonly bytes: number;
}

/** AWS's sequence numbers have 21 to 40 digits; the engine counts 1, 2, 3. */
const FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000n;

export const awsSequenceNumber = (position: string): string =>
  String(FIRST_SEQUENCE_NUMBER + BigInt(position));

/**
 * The record of the Lambda event for a stream record.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb
 */
export const eventRecord = (raw: RawRecord, region: string, streamArn: string) => {
  const { ApproximateCreationDateTime, SequenceNumber, SizeBytes, StreamViewType, Keys, ...images } =
    raw.dynamodb;
  return {
    eventID: createHash('md5')
      .update(`${streamArn} ${SequenceNumber} ${ApproximateCreationDateTime}`)
      .digest('hex'),
    eventName: raw.eventName,
    eventVersion: raw.eventVersion,
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(ApproximateCreationDateTime),
      Keys,
      ...images,
      SequenceNumber: awsSequenceNumber(SequenceNumber),
      SizeBytes,
      StreamViewType,
    },
    ...userIdentity(raw),
    eventSourceARN: streamArn,
  };
};

/** Prepares a record for batching. */
export const streamRecord = (raw: RawRecord, event: object): StreamRecord => {
  const json = JSON.stringify(event);
  return {
    position: raw.dynamodb.SequenceNumber,
    sequenceNumber: awsSequenceNumber(raw.dynamodb.SequenceNumber),
    createdMs: Math.floor(raw.dynamodb.ApproximateCreationDateTime) * 1000,
    json,
    bytes: Buffer.byteLength(json),
  };
};

/** The event of a batch, as JSON text. */
export const eventText = (records: readonly Pick<StreamRecord, 'json'>[]): string =>
  `{"Records":[${records.map(({ json }) => json).join(',')}]}`;

/** How many records from the head fit into one invocation: the batch size, and the payload limit in bytes. */
export const batchLength = (
  records: readonly Pick<StreamRecord, 'bytes'>[],
  { batchSize }: Pick<Mapping, 'batchSize'>,
  payloadLimit: number,
): number => {
  let bytes = eventText([]).length;
  let count = 0;
  for (const record of records.slice(0, batchSize)) {
    bytes += record.bytes + (count > 0 ? 1 : 0);
    if (bytes > payloadLimit && count > 0) break;
    count += 1;
  }
  return count;
};

const userIdentity = ({ userIdentity: identity }: RawRecord) => {
  if (!identity) return {};
  const entries = Object.entries(identity).map(([name, value]) => [
    name.charAt(0).toLowerCase() + name.slice(1),
    value,
  ]);
  return { userIdentity: Object.fromEntries(entries) as Record<string, string> };
};
