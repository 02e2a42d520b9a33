import { decode, splitDocuments } from './documents.ts';
import { RecordError, malformed, mismatch } from './errors.ts';
import { parseDocument } from './json.ts';
import type { Writer } from './numbers.ts';

/** Bytes the Parquet writer takes in one row; the service's own practical limit is 32 MB. */
const MAX_ROW = 16_777_216;

const refuseLongRow = (row: string): string => {
  if (row.length > MAX_ROW / 3 && Buffer.byteLength(row) > MAX_ROW) {
    throw mismatch(`The row is longer than ${MAX_ROW} bytes.`);
  }
  return row;
};

/** Whatever goes wrong belongs to this record alone: it must not hold up the others. */
const asRecordError = (error: unknown): RecordError => {
  if (error instanceof RecordError) return error;
  if (error instanceof RangeError) return malformed('Data contains a highly nested JSON structure.');
  return new RecordError(
    'DataFormatConversion.ConversionFailureException',
    `ConversionFailureException: ${String(error)}`,
  );
};

/**
 * Converts one record: the JSON lines of its rows, one a document. A document that fails fails the whole record.
 *
 * @throws RecordError that says why, for the error output
 */
export const convertRecord = (bytes: Buffer, writeRow: Writer): string[] => {
  try {
    return splitDocuments(decode(bytes)).map((document) => refuseLongRow(writeRow(parseDocument(document))));
  } catch (error) {
    throw asRecordError(error);
  }
};
