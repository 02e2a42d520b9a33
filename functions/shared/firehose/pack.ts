import { createSink, reserve, writeText, type Sink } from '../../../core/lake/sink.ts';
import { MAX_DOCUMENTS, MAX_RECORD_BYTES, TARGET_RECORD_BYTES } from './limits.ts';

/** Rows one after another, each with a newline behind it, so that any run of them is a record as it stands. */
export interface Rows {
  readonly sink: Sink;
  /** Where each row ends, before its newline. */
  readonly ends: number[];
}

/** Rows in one Firehose record: `count` of them, the first of which stood at `first` among all. */
export interface PackedRecord {
  readonly data: Buffer;
  readonly first: number;
  readonly count: number;
}

const NEWLINE = 0x0a;

/** No rows yet, with room for so many bytes before memory must grow. */
export const createRows = (bytes?: number): Rows => ({ sink: createSink(bytes), ends: [] });

/** Ends the row that was written to the sink. False, and the row is gone, when no record can hold it. */
export const endRow = ({ sink, ends }: Rows): boolean => {
  const begin = ends.length === 0 ? 0 : (ends[ends.length - 1] as number) + 1;
  if (sink.at - begin > MAX_RECORD_BYTES) {
    sink.at = begin;
    return false;
  }
  ends.push(sink.at);
  reserve(sink, 1);
  sink.bytes[sink.at] = NEWLINE;
  sink.at += 1;
  return true;
};

/** Adds a row that is JSON text already. Answers as `endRow`. */
export const addRow = (rows: Rows, json: string): boolean => {
  writeText(rows.sink, json);
  return endRow(rows);
};

/**
 * Packs rows, in order, into as few Firehose records as the limits and the target size let. Each record is JSON
 * documents separated by a newline, which format conversion reads one by one. A row larger than the target has a
 * record of its own. The records share the memory of the rows.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-concepts.html
 *
 * @example
 * const rows = createRows();
 * addRow(rows, '{"id":"a"}');
 * addRow(rows, '{"id":"b"}');
 * packRows(rows) // one record of 21 bytes: first 0, count 2
 */
export const packRows = ({ sink, ends }: Rows, targetBytes = TARGET_RECORD_BYTES): PackedRecord[] => {
  const records: PackedRecord[] = [];
  let first = 0;
  let begin = 0;
  for (let index = 1; index <= ends.length; index += 1) {
    const end = ends[index - 1] as number;
    const following = ends[index];
    if (following === undefined || index - first === MAX_DOCUMENTS || following - begin > targetBytes) {
      records.push({ data: sink.bytes.subarray(begin, end), first, count: index - first });
      first = index;
      begin = end + 1;
    }
  }
  return records;
};
