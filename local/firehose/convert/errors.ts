/**
 * Why one record can not be converted. The record goes to the error output; the rest of its buffer is
 * delivered. Codes and texts: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
export class RecordError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const malformed = (message: string): RecordError =>
  new RecordError('DataFormatConversion.MalformedData', message);

export const mismatch = (detail: string): RecordError =>
  malformed(`Data does not match the schema. ${detail}`);

export const notJson = (detail: string): RecordError =>
  new RecordError('DataFormatConversion.ParseError', `Encountered malformed JSON. ${detail}`);

export const badTimestamp = (value: string): RecordError =>
  malformed(`Encountered invalid or unsupported timestamp format: ${value}`);

export const badDate = (value: string): RecordError =>
  malformed(`Invalid format for one or more dates: ${value}`);
