import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Construct } from 'constructs';
import { ERRORS_PREFIX, GIVEN_UP_PREFIX, QUARANTINE_PREFIX, REJECTED_PREFIX } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';

/** How long what AWS writes in clear may lie there. */
const EVERY = Duration.minutes(15);

/**
 * Seals what event source mappings gave up and AWS wrote into the bucket in clear, and takes Firehose's error objects apart, every
 * quarter of an hour.
 */
export const sweep = (
  scope: Construct,
  { stage, bundles, bucket }: { readonly stage: string; readonly bundles: Bundles; readonly bucket: Bucket },
): LambdaFunction => {
  const handler = deployFunction(scope, 'Sweep', {
    name: 'sweep',
    stage,
    bundles,
    description: 'Keeps each record by itself that was given up or could not be converted',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(10),
    // An error object has all that a delivery stream buffers, 64 MiB and more.
    memorySize: 1024,
  });
  handler.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  for (const [actions, prefixes] of [
    [
      ['s3:GetObject', 's3:DeleteObject'],
      [GIVEN_UP_PREFIX, ERRORS_PREFIX],
    ],
    [['s3:GetObject'], [REJECTED_PREFIX]],
    [['s3:PutObject'], [QUARANTINE_PREFIX, REJECTED_PREFIX]],
  ] as const)
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
      }),
    );
  new Schedule(scope, 'SweepSchedule', {
    schedule: ScheduleExpression.rate(EVERY),
    description: 'Seals what event source mappings gave up',
    target: new LambdaInvoke(handler, {}),
  });
  return handler;
};
