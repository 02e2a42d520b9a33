import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Resource } from '../../service.ts';
import { type Filter, parseFilters } from './filter.ts';

/** An `AWS::Lambda::EventSourceMapping` on a DynamoDB stream, with AWS's defaults applied. Times in milliseconds. */
export interface Mapping {
  /** The mapping's UUID. */
  readonly id: string;
  readonly functionName: string;
  readonly streamArn: string;
  readonly tableName: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly bisect: boolean;
  /** Undefined: without limit. */
  readonly maxRetries: number | undefined;
  /** Undefined: without limit. */
  readonly maxAgeMs: number | undefined;
  readonly reportsFailures: boolean;
  /** Name of the S3 bucket that takes the records given up. */
  readonly onFailureBucket: string | undefined;
  readonly filters: readonly Filter[];
}

const STREAM_ARN = /^arn:[^:]+:dynamodb:[^:]+:\d+:table\/([^/]+)\/stream\/.+$/;
const BUCKET_ARN = /^arn:[^:]+:s3:::([^/]+)$/;

const unlimited = (min: number, max: number) =>
  z.coerce
    .number()
    .int()
    .refine((value) => value === -1 || (value >= min && value <= max), `must be -1 or ${min} to ${max}`)
    .default(-1);

/** A setting that is not here is one the local cloud does not have: the mapping is named and not run. */
const propertiesSchema = z.strictObject({
  Enabled: z.unknown().optional(),
  Tags: z.unknown().optional(),
  FunctionName: z.string(),
  EventSourceArn: z
    .string()
    .regex(STREAM_ARN, 'is not a DynamoDB stream: the local cloud maps no other event source'),
  BatchSize: z.coerce.number().int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.coerce.number().int().min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  ParallelizationFactor: z.coerce.number().int().min(1).max(10).default(1),
  BisectBatchOnFunctionError: z.stringbool().or(z.boolean()).default(false),
  MaximumRetryAttempts: unlimited(0, 10_000),
  MaximumRecordAgeInSeconds: unlimited(60, 604_800),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  DestinationConfig: z
    .object({
      OnFailure: z
        .object({
          Destination: z
            .string()
            .regex(BUCKET_ARN, 'is not an S3 bucket: the local cloud delivers to no other'),
        })
        .optional(),
    })
    .default({}),
  FilterCriteria: z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
    .default({ Filters: [] }),
});

/** Whether the template leaves the mapping enabled, as it does by default. */
export const isEnabled = (resource: Resource): boolean =>
  ![false, 'false'].includes(resource.properties['Enabled'] as boolean);

/**
 * Reads a mapping; throws when the local cloud cannot run it, saying what differs.
 * Ranges and defaults: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export const mappingOf = (resource: Resource): Mapping => {
  const parsed = propertiesSchema.safeParse(resource.properties);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const properties = parsed.data;
  return {
    id: uuidOf(resource),
    functionName: properties.FunctionName,
    streamArn: properties.EventSourceArn,
    tableName: capture(STREAM_ARN, properties.EventSourceArn) ?? '',
    batchSize: properties.BatchSize,
    windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    startingPosition: properties.StartingPosition,
    bisect: properties.BisectBatchOnFunctionError,
    maxRetries: limited(properties.MaximumRetryAttempts),
    maxAgeMs: limited(properties.MaximumRecordAgeInSeconds, 1000),
    reportsFailures: properties.FunctionResponseTypes.length > 0,
    onFailureBucket: capture(BUCKET_ARN, properties.DestinationConfig.OnFailure?.Destination ?? ''),
    filters: parseFilters(properties.FilterCriteria.Filters.map(({ Pattern }) => Pattern)),
  };
};

const capture = (pattern: RegExp, text: string) => pattern.exec(text)?.[1];

const limited = (value: number, unit = 1) => (value === -1 ? undefined : value * unit);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const uuidOf = (resource: Resource): string => {
  if (UUID.test(resource.ref)) return resource.ref;
  const hex = createHash('sha256').update(`${resource.stack}/${resource.logicalId}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};
