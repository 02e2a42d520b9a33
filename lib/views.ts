import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';
import { RESULTS_PREFIX } from './lake-bucket.ts';

export interface ViewsSettings {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  /** What must stand before a view can be made: tables and workgroup. */
  readonly after: readonly Construct[];
}

const athenaStatements = (scope: Construct, stage: string): PolicyStatement[] => {
  const { database, workgroup } = namesOf(stage);
  const arn = (service: string, resource: string, resourceName?: string) =>
    Arn.format(
      { service, resource, ...(resourceName ? { resourceName } : { arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
      Stack.of(scope),
    );
  return [
    new PolicyStatement({
      actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
      resources: [arn('athena', 'workgroup', workgroup)],
    }),
    new PolicyStatement({
      actions: [
        'glue:GetDatabase',
        'glue:GetTable',
        'glue:GetTables',
        'glue:CreateTable',
        'glue:UpdateTable',
        'glue:DeleteTable',
      ],
      resources: [
        arn('glue', 'catalog'),
        arn('glue', 'database', database),
        arn('glue', 'table', `${database}/*`),
      ],
    }),
  ];
};

/** The views of the lake: a function makes them anew at every deployment that changes a schema. */
export const views = (scope: Construct, { stage, bundles, bucket, after }: ViewsSettings): void => {
  const handler = deployFunction(scope, 'Catalog', {
    name: 'catalog',
    stage,
    bundles,
    description: 'Creates or replaces the views of the lake',
    timeout: Duration.minutes(5),
    memorySize: 512,
  });
  for (const statement of athenaStatements(scope, stage)) handler.addToRolePolicy(statement);
  handler.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resources: [bucket.bucketArn],
    }),
  );
  bucket.grantReadWrite(handler, `${RESULTS_PREFIX}*`);
  new Trigger(scope, 'MakeViews', { handler, executeAfter: [...after], timeout: Duration.minutes(5) });
};
