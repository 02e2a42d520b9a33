import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import {
  EventSourceMapping,
  StartingPosition,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import { S3OnFailureDestination } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { QUARANTINE_PREFIX } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';

export interface RelaySettings {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  /** Stream ARN and delivery stream by entity name. */
  readonly sources: Readonly<Record<string, { streamArn: string; delivery: DeliveryStream }>>;
}

const READ_STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

const follow = (
  scope: Construct,
  target: LambdaFunction,
  name: string,
  streamArn: string,
  bucket: Bucket,
): void => {
  target.addToRolePolicy(new PolicyStatement({ actions: READ_STREAM, resources: [streamArn] }));
  new EventSourceMapping(scope, `${name}-changes`, {
    target,
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 2000,
    maxBatchingWindow: Duration.seconds(1),
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(12),
    onFailure: new S3OnFailureDestination(bucket),
  });
};

/** The relay: one function that follows every stream and hands change rows to their delivery streams. */
export const relay = (
  scope: Construct,
  { stage, bundles, bucket, sources }: RelaySettings,
): LambdaFunction => {
  const target = deployFunction(scope, 'Relay', {
    name: 'relay',
    stage,
    bundles,
    description: 'Turns changes of the tables into rows of the lake',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.seconds(60),
    memorySize: 1024,
  });
  bucket.grantPut(target, `${QUARANTINE_PREFIX}*`);
  target.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }));
  for (const [name, { streamArn, delivery }] of Object.entries(sources)) {
    delivery.grantPutRecords(target);
    follow(scope, target, name, streamArn, bucket);
  }
  return target;
};
