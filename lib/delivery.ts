import { Aws, Duration, Size } from 'aws-cdk-lib';
import { CfnTable, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import {
  DeliveryStream,
  InputFormat,
  OutputFormat,
  S3Bucket,
  SchemaConfiguration,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { deliveryPrefixes, projection, type LogTable } from '../core/lake/log-table.ts';

const PARQUET = {
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
};

export interface DeliverySettings {
  readonly table: LogTable;
  readonly streamName: string;
  readonly database: CfnDatabase;
  readonly databaseName: string;
  readonly bucket: Bucket;
}

const glueTable = (
  scope: Construct,
  { table, database, databaseName, bucket }: DeliverySettings,
): CfnTable => {
  const created = new CfnTable(scope, `${table.name}-table`, {
    catalogId: Aws.ACCOUNT_ID,
    databaseName,
    tableInput: {
      name: table.name,
      description: table.description,
      tableType: 'EXTERNAL_TABLE',
      parameters: { classification: 'parquet', ...projection(table, bucket.bucketName) },
      partitionKeys: [table.partition],
      storageDescriptor: {
        columns: [...table.columns],
        location: bucket.s3UrlForObject(table.prefix),
        ...PARQUET,
      },
    },
  });
  created.addResourceDependency(database);
  return created;
};

export interface Delivery {
  readonly table: CfnTable;
  readonly stream: DeliveryStream;
}

/** The table of a change log or event, and the delivery stream that turns JSON into its Parquet files. */
export const delivery = (scope: Construct, settings: DeliverySettings): Delivery => {
  const table = glueTable(scope, settings);
  const prefixes = deliveryPrefixes(settings.table);
  const stream = new DeliveryStream(scope, `${settings.table.name}-delivery`, {
    deliveryStreamName: settings.streamName,
    encryption: StreamEncryption.awsOwnedKey(),
    destination: new S3Bucket(settings.bucket, {
      dataOutputPrefix: prefixes.data,
      errorOutputPrefix: prefixes.errors,
      bufferingInterval: Duration.seconds(60),
      bufferingSize: Size.mebibytes(64),
      dataFormatConversion: {
        schemaConfiguration: SchemaConfiguration.fromCfnTable(table),
        inputFormat: InputFormat.OPENX_JSON,
        outputFormat: OutputFormat.PARQUET,
      },
    }),
  });
  stream.node.addDependency(table);
  return { table, stream };
};
