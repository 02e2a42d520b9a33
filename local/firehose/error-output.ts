import type { SchemaAddress } from './conversion-config.ts';
import type { RecordError } from './convert/errors.ts';
import type { SpooledRecord } from './spool.ts';

/**
 * One line of an error object: why a record could not be converted, and the record. The code and text are in
 * `lastErrorCode` and `lastErrorMessage`, as objects on AWS have them; one page of its guide spells them
 * `ErrorCode` and `ErrorMessage`.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
 */
export const errorLine = (
  record: SpooledRecord,
  error: RecordError,
  schema: SchemaAddress,
  now: number,
): string =>
  JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: record.arrival,
    lastErrorCode: error.code,
    lastErrorMessage: error.message,
    attemptEndingTimestamp: now,
    rawData: record.data.toString('base64'),
    sequenceNumber: record.sequenceNumber,
    subSequenceNumber: null,
    dataCatalogTable: schema,
  });
