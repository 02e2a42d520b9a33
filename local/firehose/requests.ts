import * as z from 'zod';
import { AwsError } from '../service.ts';

const MAX_RECORD = 1_024_000;
const MAX_BATCH_RECORDS = 500;
const MAX_BATCH_BYTES = 4 * 1_048_576;
const NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const Named = z.looseObject({ DeliveryStreamName: z.unknown() });
const RecordShape = z.looseObject({ Data: z.string().nullish() });
const PutRecord = z.looseObject({ Record: RecordShape.nullish() });
const PutRecordBatch = z.looseObject({ Records: z.array(RecordShape).nullish() });
const List = z.looseObject({
  Limit: z.number().int().optional(),
  DeliveryStreamType: z.string().optional(),
  ExclusiveStartDeliveryStreamName: z.string().optional(),
});

const read = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError(
    'SerializationException',
    `The request has a member of the wrong type. ${z.prettifyError(parsed.error)}`,
  );
};

const constraint = (value: string, member: string, rule: string): string =>
  `Value ${value} at '${member}' failed to satisfy constraint: Member must ${rule}`;

const refuse = (problems: readonly string[]): void => {
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected`;
  throw new AwsError('ValidationException', `${count}: ${problems.join('; ')}`);
};

const printed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const nameProblems = (name: unknown): string[] => {
  if (name === undefined || name === null) return [constraint('null', 'deliveryStreamName', 'not be null')];
  if (typeof name === 'string' && NAME.test(name)) return [];
  const rule = 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have length from 1 to 64';
  return [constraint(`'${printed(name)}'`, 'deliveryStreamName', rule)];
};

const bytesOf = (data: string): Buffer => {
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    throw new AwsError('SerializationException', 'Record data is not base64.');
  }
  return Buffer.from(data, 'base64');
};

const recordProblems = (bytes: Buffer | undefined, member: string): string[] => {
  if (!bytes) return [constraint('null', member, 'not be null')];
  if (bytes.length <= MAX_RECORD) return [];
  const shown = `'java.nio.HeapByteBuffer[pos=0 lim=${bytes.length} cap=${bytes.length}]'`;
  return [constraint(shown, member, `have length less than or equal to ${MAX_RECORD}`)];
};

const dataOf = (record: { Data?: string | null | undefined }): Buffer | undefined =>
  typeof record.Data === 'string' ? bytesOf(record.Data) : undefined;

const countProblems = (count: number): string[] => {
  if (count === 0) return [constraint("'[]'", 'records', 'have length greater than or equal to 1')];
  if (count <= MAX_BATCH_RECORDS) return [];
  return [
    constraint(`of ${count} records`, 'records', `have length less than or equal to ${MAX_BATCH_RECORDS}`),
  ];
};

/** The stream a request names. */
export const streamNameOf = (input: unknown): string => {
  const { DeliveryStreamName } = read(Named, input);
  refuse(nameProblems(DeliveryStreamName));
  return DeliveryStreamName as string;
};

/**
 * The record of a PutRecord.
 *
 * @throws AwsError `ValidationException` when it is missing or longer than 1,000 KiB
 */
export const putRecordData = (input: unknown): Buffer => {
  const { Record } = read(PutRecord, input);
  if (!Record) refuse([constraint('null', 'record', 'not be null')]);
  const bytes = dataOf(Record!);
  refuse(recordProblems(bytes, 'record.data'));
  return bytes!;
};

/**
 * The records of a PutRecordBatch, at most 500 of at most 1,000 KiB each and 4 MiB together.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 *
 * @throws AwsError `ValidationException` for a member, `InvalidArgumentException` for the sum
 */
export const putRecordBatchData = (input: unknown): Buffer[] => {
  const { Records } = read(PutRecordBatch, input);
  if (!Records) refuse([constraint('null', 'records', 'not be null')]);
  refuse(countProblems(Records!.length));
  const all = Records!.map(dataOf);
  refuse(all.flatMap((bytes, index) => recordProblems(bytes, `records.${index + 1}.member.data`)));
  const total = all.reduce((sum, bytes) => sum + bytes!.length, 0);
  if (total > MAX_BATCH_BYTES)
    throw new AwsError('InvalidArgumentException', 'Records size exceeds 4 MB limit');
  return all as Buffer[];
};

/** What ListDeliveryStreams asks for. */
export const listInput = (input: unknown): { limit: number; after: string; type: string } => {
  const {
    Limit = 10,
    ExclusiveStartDeliveryStreamName = '',
    DeliveryStreamType = 'DirectPut',
  } = read(List, input);
  if (Limit < 1 || Limit > 10_000) refuse([constraint(`'${Limit}'`, 'limit', 'be from 1 to 10000')]);
  return { limit: Limit, after: ExclusiveStartDeliveryStreamName, type: DeliveryStreamType };
};
