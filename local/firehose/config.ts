import * as z from 'zod';
import type { Cloud, Resource } from '../service.ts';
import { conversionOf, type Conversion } from './conversion-config.ts';
import { objectKeys, type ObjectKeys } from './object-key.ts';
import { invalid, refuse } from './refuse.ts';

/** A delivery stream as its template declares it, checked as the service checks it at creation. */
export interface StreamConfig {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  readonly bufferBytes: number;
  readonly bufferSeconds: number;
  readonly gzip: boolean;
  readonly keys: ObjectKeys;
  /** Absent: records are delivered as they came, one after another. */
  readonly conversion: Conversion | undefined;
  /** The destination block as the template has it, for DescribeDeliveryStream. */
  readonly destination: Readonly<Record<string, unknown>>;
}

const MEBIBYTE = 1_048_576;
const CONVERSION_MIN_MB = 64;
const FILE_EXTENSION = /^(|\.[0-9a-z!\-_.*'()]+)$/;

const Switch = z.looseObject({ Enabled: z.boolean().optional() });

const Destination = z.looseObject({
  BucketARN: z.string().regex(/^arn:[^:]+:s3:::[^/]+$/),
  Prefix: z.string().default(''),
  ErrorOutputPrefix: z.string().optional(),
  BufferingHints: z
    .object({
      SizeInMBs: z.coerce.number().int().min(1).max(128).optional(),
      IntervalInSeconds: z.coerce.number().int().min(0).max(900).optional(),
    })
    .default({}),
  CompressionFormat: z.enum(['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY']).optional(),
  CustomTimeZone: z.string().default('UTC'),
  FileExtension: z.string().max(128).regex(FILE_EXTENSION).optional(),
  DataFormatConversionConfiguration: Switch.optional(),
  ProcessingConfiguration: Switch.optional(),
  DynamicPartitioningConfiguration: Switch.optional(),
  S3BackupMode: z.enum(['Disabled', 'Enabled']).optional(),
});

type Destination = z.infer<typeof Destination>;

const refuseSources = (name: string, properties: Resource['properties']): void => {
  const type: unknown = properties['DeliveryStreamType'] ?? 'DirectPut';
  if (type !== 'DirectPut') throw refuse(name, `the source ${String(type)}`, 'Use DirectPut.');
  for (const key of Object.keys(properties)) {
    if (key.endsWith('SourceConfiguration') && key !== 'DirectPutSourceConfiguration') {
      throw refuse(name, key, 'Use DirectPut.');
    }
    if (key.endsWith('DestinationConfiguration') && key !== 'ExtendedS3DestinationConfiguration') {
      throw refuse(name, key, 'Use ExtendedS3DestinationConfiguration.');
    }
  }
};

const refuseFeatures = (name: string, given: Destination): void => {
  const processing = given.ProcessingConfiguration;
  const processors = Array.isArray(processing?.['Processors']) ? processing['Processors'].length : 0;
  if (processing?.Enabled && processors > 0) {
    throw refuse(
      name,
      'ProcessingConfiguration (record processors, such as a Lambda transform)',
      'Transform before the put.',
    );
  }
  if (given.DynamicPartitioningConfiguration?.Enabled) {
    throw refuse(
      name,
      'DynamicPartitioningConfiguration',
      'Partition by arrival time with !{timestamp:…} in Prefix.',
    );
  }
  if (given.S3BackupMode === 'Enabled') throw refuse(name, 'S3BackupMode Enabled', 'Leave it Disabled.');
  const compression = given.CompressionFormat ?? 'UNCOMPRESSED';
  if (compression !== 'UNCOMPRESSED' && compression !== 'GZIP') {
    throw refuse(name, `CompressionFormat ${compression}`, 'Use GZIP or UNCOMPRESSED.');
  }
};

const checkConversion = (name: string, given: Destination): void => {
  if ((given.CompressionFormat ?? 'UNCOMPRESSED') !== 'UNCOMPRESSED') {
    throw invalid(
      name,
      'CompressionFormat must be UNCOMPRESSED when data format conversion is enabled; set the compression in ParquetSerDe.Compression.',
    );
  }
  const size = given.BufferingHints.SizeInMBs;
  if (size !== undefined && size < CONVERSION_MIN_MB) {
    throw invalid(
      name,
      `BufferingHints.SizeInMBs must be at least ${CONVERSION_MIN_MB} when data format conversion is enabled; it is ${size}.`,
    );
  }
};

const parseDestination = (name: string, properties: Resource['properties']): Destination => {
  const parsed = Destination.safeParse(properties['ExtendedS3DestinationConfiguration']);
  if (parsed.success) return parsed.data;
  throw invalid(name, `ExtendedS3DestinationConfiguration is not valid.\n${z.prettifyError(parsed.error)}`);
};

const keysOf = (name: string, given: Destination, defaultExtension: string): ObjectKeys => {
  try {
    return objectKeys({
      prefix: given.Prefix,
      errorPrefix: given.ErrorOutputPrefix,
      timeZone: given.CustomTimeZone,
      streamName: name,
      extension: given.FileExtension ?? defaultExtension,
    });
  } catch (error) {
    throw invalid(name, (error as Error).message);
  }
};

const arnOf = (cloud: Cloud, { ref, attributes }: Resource): string =>
  attributes['Arn'] ?? `arn:aws:firehose:${cloud.region}:${cloud.account}:deliverystream/${ref}`;

/**
 * Reads one `AWS::KinesisFirehose::DeliveryStream`.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
 *
 * @throws AwsError `InvalidArgumentException` for what the service refuses at creation, and for what this local
 *   one can not do, naming stream and feature
 */
export const streamConfig = (cloud: Cloud, resource: Resource): StreamConfig => {
  const { ref: name, properties } = resource;
  refuseSources(name, properties);
  const given = parseDestination(name, properties);
  const block = given.DataFormatConversionConfiguration;
  const converts = block !== undefined && block.Enabled !== false;
  if (converts) checkConversion(name, given);
  refuseFeatures(name, given);
  const gzip = given.CompressionFormat === 'GZIP';
  const { SizeInMBs = converts ? 128 : 5, IntervalInSeconds = 300 } = given.BufferingHints;
  return {
    name,
    arn: arnOf(cloud, resource),
    bucket: given.BucketARN.replace(/^.*:::/, ''),
    bufferBytes: SizeInMBs * MEBIBYTE,
    bufferSeconds: IntervalInSeconds,
    gzip,
    keys: keysOf(name, given, converts ? '.parquet' : gzip ? '.gz' : ''),
    conversion: converts ? conversionOf(cloud, name, block) : undefined,
    destination: properties['ExtendedS3DestinationConfiguration'] as Record<string, unknown>,
  };
};
