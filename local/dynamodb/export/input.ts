import * as z from 'zod';
import { AwsError } from '../../service.ts';

const startInput = z.object({
  TableArn: z.string().min(1).max(1024),
  S3Bucket: z.string().min(1).max(255),
  S3Prefix: z.string().max(1024).optional(),
  S3BucketOwner: z.string().optional(),
  S3SseAlgorithm: z.enum(['AES256', 'KMS']).optional(),
  ClientToken: z.string().min(1).optional(),
  ExportFormat: z.enum(['DYNAMODB_JSON', 'ION']).default('DYNAMODB_JSON'),
  ExportType: z.enum(['FULL_EXPORT', 'INCREMENTAL_EXPORT']).default('FULL_EXPORT'),
  ExportTime: z.number().optional(),
  S3SseKmsKeyId: z.string().optional(),
  IncrementalExportSpecification: z.unknown().optional(),
});

export type StartInput = z.infer<typeof startInput>;

export const describeInput = z.object({ ExportArn: z.string().min(1) });

export const listInput = z.object({
  TableArn: z.string().optional(),
  MaxResults: z.int().min(1).max(25).default(25),
  NextToken: z.string().regex(/^\d+$/).transform(Number).default(0),
});

/** The input of an operation. Throws ValidationException that names what is wrong with it. */
export const parseInput = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const { data, error } = schema.safeParse(input);
  if (!error) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AwsError('ValidationException', problems.join('; '));
};

const refused = (what: string): AwsError =>
  new AwsError('ValidationException', `The local DynamoDB does not have ${what}.`);

/** Throws AwsError for an export that only AWS can make. */
export const parseStart = (input: unknown): StartInput => {
  const wanted = parseInput(startInput, input);
  if (wanted.ExportFormat === 'ION') throw refused('the format ION: use DYNAMODB_JSON');
  if (wanted.ExportType === 'INCREMENTAL_EXPORT' || wanted.IncrementalExportSpecification !== undefined)
    throw refused('incremental exports: use FULL_EXPORT');
  if (wanted.S3SseAlgorithm === 'KMS' || wanted.S3SseKmsKeyId !== undefined)
    throw refused('exports encrypted with KMS: use AES256');
  if (wanted.ExportTime !== undefined)
    throw new AwsError(
      'InvalidExportTimeException',
      'The local DynamoDB keeps no past: leave ExportTime out for the table as it is now.',
    );
  return wanted;
};
