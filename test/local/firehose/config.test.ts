import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFirehose } from '../../../local/firehose/service.ts';
import {
  conversion,
  newFolder,
  removeFolder,
  streamResource,
  testCatalog,
  testCloud,
} from './fixtures/cloud.ts';

const converting = conversion().DataFormatConversionConfiguration;
const store = { put: () => Promise.reject(new Error('nothing is delivered here')) };

describe('what a delivery stream may be', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));

  const start = (destination = {}, properties = {}, columns: Record<string, string> = { id: 'bigint' }) => {
    const cloud = testCloud(folder, [streamResource('orders', destination, properties)]);
    return startFirehose(cloud, { catalog: testCatalog({ orders: columns }), store });
  };

  test.for([
    [
      'compression beside conversion',
      { ...conversion(), CompressionFormat: 'GZIP' },
      'CompressionFormat must be UNCOMPRESSED',
    ],
    [
      'a small buffer with conversion',
      { ...conversion(), BufferingHints: { SizeInMBs: 63 } },
      'SizeInMBs must be at least 64',
    ],
    [
      'compression before the buffer, when both are wrong',
      { ...conversion(), CompressionFormat: 'GZIP', BufferingHints: { SizeInMBs: 63 } },
      'CompressionFormat must be UNCOMPRESSED',
    ],
    ['a buffer over 128 MiB', { BufferingHints: { SizeInMBs: 129 } }, 'SizeInMBs'],
    ['an interval over 900 s', { BufferingHints: { IntervalInSeconds: 901 } }, 'IntervalInSeconds'],
    ['a bucket that is no ARN', { BucketARN: 'lake' }, 'BucketARN'],
    ['a file extension with capitals', { FileExtension: '.PARQUET' }, 'FileExtension'],
    [
      'a missing schema',
      { DataFormatConversionConfiguration: { ...converting, SchemaConfiguration: undefined } },
      'SchemaConfiguration',
    ],
    [
      'a missing role',
      {
        DataFormatConversionConfiguration: {
          ...converting,
          SchemaConfiguration: { DatabaseName: 'lake', TableName: 'orders' },
        },
      },
      'RoleARN',
    ],
    [
      'a missing deserializer',
      {
        DataFormatConversionConfiguration: { ...converting, InputFormatConfiguration: { Deserializer: {} } },
      },
      'exactly one of OpenXJsonSerDe and HiveJsonSerDe',
    ],
    [
      'a missing serializer',
      { DataFormatConversionConfiguration: { ...converting, OutputFormatConfiguration: { Serializer: {} } } },
      'must have ParquetSerDe',
    ],
    [
      'a missing table',
      conversion({ table: 'nowhere' }),
      'EntityNotFoundException: Glue has no table "lake.nowhere"',
    ],
    [
      'an unreadable timestamp format',
      conversion({ hive: { TimestampFormats: ['QQ'] } }),
      'The timestamp format "QQ"',
    ],
    [
      'expressions without an error prefix',
      { Prefix: '!{timestamp:yyyy}/' },
      'ErrorOutputPrefix must be given',
    ],
    [
      'an error prefix without its type',
      { ErrorOutputPrefix: '!{timestamp:yyyy}/' },
      'must contain !{firehose:error-output-type}',
    ],
    [
      'an unknown expression',
      { Prefix: '!{partitionKeyFromQuery:a}/', ErrorOutputPrefix: 'e/' },
      '!{partitionKeyFromQuery:a}',
    ],
    ['a letter no date has', { Prefix: '!{timestamp:YYYY}/', ErrorOutputPrefix: 'e/' }, 'the letter "Y"'],
    ['a time zone that does not exist', { CustomTimeZone: 'Mars/Olympus' }, 'Mars/Olympus'],
  ] as const)('refuses %s', ([, destination, message]) => {
    expect(() => start(destination)).toThrow(message);
  });

  test.for([
    [
      'dynamic partitioning',
      { DynamicPartitioningConfiguration: { Enabled: true } },
      {},
      'DynamicPartitioningConfiguration',
    ],
    [
      'a transform',
      { ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Lambda' }] } },
      {},
      'ProcessingConfiguration',
    ],
    ['backup', { S3BackupMode: 'Enabled' }, {}, 'S3BackupMode'],
    ['Snappy without conversion', { CompressionFormat: 'Snappy' }, {}, 'CompressionFormat Snappy'],
    [
      'ORC',
      {
        DataFormatConversionConfiguration: {
          ...converting,
          OutputFormatConfiguration: { Serializer: { OrcSerDe: {} } },
        },
      },
      {},
      'OrcSerDe',
    ],
    [
      'a Kinesis source',
      {},
      { DeliveryStreamType: 'KinesisStreamAsSource' },
      'the source KinesisStreamAsSource',
    ],
    ['a source configuration', {}, { MSKSourceConfiguration: {} }, 'MSKSourceConfiguration'],
    ['another destination', {}, { RedshiftDestinationConfiguration: {} }, 'RedshiftDestinationConfiguration'],
    ['an old table version', conversionOfVersion('3'), {}, 'SchemaConfiguration.VersionId 3'],
  ] as const)('says that the local cloud does not have %s', ([, destination, properties, feature]) => {
    expect(() => start(destination, properties)).toThrow(`Delivery stream "orders" uses ${feature}`);
  });

  test('refuses a column type Hive does not have, naming column and table', () => {
    expect(() => start(conversion(), {}, { tags: 'set<string>' })).toThrow(
      'Column "tags" of "lake.orders": The Hive type "set<string>" can not be delivered: "set" is not a Hive type',
    );
  });

  test('takes a processing block without Enabled as off, a conversion block without Enabled as on', () => {
    const processing = { ProcessingConfiguration: { Processors: [{ Type: 'Lambda' }] } };

    expect(() => start(processing)).not.toThrow();
    expect(() => start({ ...conversion(), CompressionFormat: 'GZIP' })).toThrow('CompressionFormat');
  });

  test('takes a conversion block that is off as absent', () => {
    const off = { DataFormatConversionConfiguration: { Enabled: false }, CompressionFormat: 'GZIP' };

    expect(() => start(off)).not.toThrow();
  });
});

function conversionOfVersion(VersionId: string) {
  const SchemaConfiguration = { ...converting.SchemaConfiguration, VersionId };
  return { DataFormatConversionConfiguration: { ...converting, SchemaConfiguration } };
}
