import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import { GIVEN_UP_PREFIX, QUARANTINE_PREFIX } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';

/** How long what AWS writes in clear may lie there. */
const EVERY = Duration.minutes(15);

/** Seals what event source mappings gave up and AWS wrote into the bucket in clear, every quarter of an hour. */
export const sweep = (
  scope: Construct,
  { stage, bundles, bucket }: { readonly stage: string; readonly bundles: Bundles; readonly bucket: Bucket },
): LambdaFunction => {
  const handler = deployFunction(scope, 'Sweep', {
    name: 'sweep',
    stage,
    bundles,
    description: 'Seals the records that event source mappings gave up',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(10),
    memorySize: 512,
  });
  for (const [actions, resource] of [
    [['s3:ListBucket'], bucket.bucketArn],
    [['s3:GetObject', 's3:DeleteObject'], bucket.arnForObjects(`${GIVEN_UP_PREFIX}*`)],
    [['s3:PutObject'], bucket.arnForObjects(`${QUARANTINE_PREFIX}*`)],
  ] as const)
    handler.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  new Schedule(scope, 'SweepSchedule', {
    schedule: ScheduleExpression.rate(EVERY),
    description: 'Seals what event source mappings gave up',
    target: new LambdaInvoke(handler, {}),
  });
  return handler;
};
