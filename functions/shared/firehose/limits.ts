/**
 * Limits of one PutRecordBatch call, and how records are billed. Sizes in bytes, before base64.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/limits.html
 */
export const MAX_RECORD_BYTES = 1_024_000;
export const MAX_BATCH_RECORDS = 500;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Every record is billed as a whole number of these. */
export const BILLING_UNIT_BYTES = 5120;

/** De-aggregation, where a stream uses it, stops at so many documents a record. */
export const MAX_DOCUMENTS = 500;

/**
 * What a packed record is filled to: 25 billing units. Half a row and, at the end of a batch, half a unit go to
 * waste, so larger records waste hardly less and cost more to send again.
 */
export const TARGET_RECORD_BYTES = 25 * BILLING_UNIT_BYTES;

/** What Firehose bills for a record of so many bytes. */
export const billedBytes = (bytes: number): number =>
  Math.ceil(bytes / BILLING_UNIT_BYTES) * BILLING_UNIT_BYTES;
