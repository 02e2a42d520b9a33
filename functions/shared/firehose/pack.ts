import { MAX_DOCUMENTS, MAX_RECORD_BYTES, TARGET_RECORD_BYTES } from './limits.ts';

/** Rows in one Firehose record: `count` of them, the first of which stood at `first` in the input. */
export interface PackedRecord {
  readonly data: Buffer;
  readonly first: number;
  readonly count: number;
}

const SEPARATOR_BYTES = 1;

/** Whether a row, as one JSON document, can be sent at all. */
export const fitsRecord = (json: string): boolean =>
  json.length * 3 <= MAX_RECORD_BYTES || Buffer.byteLength(json) <= MAX_RECORD_BYTES;

/**
 * Packs rows, in order, into as few Firehose records as the limits and the target size let. Each record is JSON
 * documents separated by a newline, which format conversion reads one by one. A row larger than the target has a
 * record of its own. Throws RangeError for one that `fitsRecord` refuses.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-concepts.html
 *
 * @example
 * packRows(['{"id":"a"}', '{"id":"b"}']) // one record of 21 bytes, first 0, count 2
 */
export const packRows = (rows: readonly string[], targetBytes = TARGET_RECORD_BYTES): PackedRecord[] => {
  const records: PackedRecord[] = [];
  let first = 0;
  let bytes = 0;
  const close = (end: number): void => {
    if (end > first)
      records.push({ data: Buffer.from(rows.slice(first, end).join('\n')), first, count: end - first });
    first = end;
    bytes = 0;
  };
  for (const [index, row] of rows.entries()) {
    const size = Buffer.byteLength(row);
    if (size > MAX_RECORD_BYTES) throw new RangeError(`Row ${index} has ${size} bytes, too large for a record`);
    const grown = bytes + SEPARATOR_BYTES + size;
    if (index - first === MAX_DOCUMENTS || (index > first && grown > targetBytes)) close(index);
    bytes += (index > first ? SEPARATOR_BYTES : 0) + size;
  }
  close(rows.length);
  return records;
};
