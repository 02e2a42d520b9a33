import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from './limits.ts';
import type { PackedRecord } from './pack.ts';

/**
 * Cuts records, in order, into groups that one PutRecordBatch call may carry: 500 records and 4 MiB.
 *
 * @example
 * for (const batch of inBatches(packRows(rows))) await send(batch);
 */
export const inBatches = (records: readonly PackedRecord[]): PackedRecord[][] => {
  const batches: PackedRecord[][] = [];
  let batch: PackedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (batch.length === MAX_BATCH_RECORDS || bytes + record.data.length > MAX_BATCH_BYTES) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += record.data.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
};
