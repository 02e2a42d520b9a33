import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { namesOf, QUARANTINE_PREFIX, REJECTED_PREFIX, REPLAYED_PREFIX } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';
import { mayAsk, mayReadLogs } from './lake-access.ts';

export interface RedriveSettings {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  /** Delivery streams of all entities and events. */
  readonly deliveries: readonly DeliveryStream[];
}

/** Replays what fell out on its way to the lake. Whoever may invoke it replays; nothing in the stacks does. */
export const redrive = (
  scope: Construct,
  { stage, bundles, bucket, deliveries }: RedriveSettings,
): LambdaFunction => {
  const handler = deployFunction(scope, 'Redrive', {
    name: 'redrive',
    stage,
    bundles,
    description: 'Replays what fell out on its way to the lake',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(5),
    memorySize: 1024,
  });
  const objects = (...prefixes: string[]) => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const rights = [
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: objects(QUARANTINE_PREFIX, REJECTED_PREFIX),
    }),
    new PolicyStatement({ actions: ['s3:PutObject'], resources: objects(REPLAYED_PREFIX) }),
    mayAsk(scope, namesOf(stage).workgroup),
    ...mayReadLogs(scope, stage, bucket),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  for (const delivery of deliveries) delivery.grantPutRecords(handler);
  return handler;
};
