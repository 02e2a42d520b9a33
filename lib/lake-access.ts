import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CHANGES_PREFIX, CURATED_PREFIX, EVENTS_PREFIX, MARTS_PREFIX, namesOf } from '../core/deployment.ts';
import { RESULTS_PREFIX } from './lake-bucket.ts';

const arn = (scope: Construct, service: string, resource: string, resourceName?: string): string =>
  Arn.format(
    { service, resource, ...(resourceName ? { resourceName } : { arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
    Stack.of(scope),
  );

/** Running queries in a workgroup. */
export const mayAsk = (scope: Construct, workgroup: string): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'athena:StartQueryExecution',
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
      'athena:StopQueryExecution',
    ],
    resources: [arn(scope, 'athena', 'workgroup', workgroup)],
  });

const ofTables = (scope: Construct, stage: string, actions: readonly string[]): PolicyStatement => {
  const { database } = namesOf(stage);
  return new PolicyStatement({
    actions: [...actions],
    resources: [
      arn(scope, 'glue', 'catalog'),
      arn(scope, 'glue', 'database', database),
      arn(scope, 'glue', 'table', `${database}/*`),
    ],
  });
};

/** What Athena does for whoever asks the logs. */
export const mayReadLogs = (scope: Construct, stage: string, bucket: Bucket): PolicyStatement[] => [
  ofTables(scope, stage, ['glue:GetDatabase', 'glue:GetTable']),
  new PolicyStatement({ actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucket.bucketArn] }),
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [CHANGES_PREFIX, EVENTS_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
    resources: [bucket.arnForObjects(`${RESULTS_PREFIX}*`)],
  }),
];

/** Reading the tables of the lake's database, and making and changing them: by the function itself or by Athena for it. */
export const mayChangeTables = (scope: Construct, stage: string): PolicyStatement =>
  ofTables(scope, stage, [
    'glue:GetDatabase',
    'glue:GetTable',
    'glue:GetTables',
    'glue:CreateTable',
    'glue:UpdateTable',
    'glue:DeleteTable',
  ]);

/** What Athena does in the bucket for whoever runs the statements of the refresh. */
export const mayWriteLake = (bucket: Bucket): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    resources: [bucket.bucketArn],
  }),
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [CHANGES_PREFIX, EVENTS_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    resources: [CURATED_PREFIX, MARTS_PREFIX, RESULTS_PREFIX].map((prefix) =>
      bucket.arnForObjects(`${prefix}*`),
    ),
  }),
];

/** Seeing tables of the lake's database, and dropping those that were lost. */
export const mayDropTables = (scope: Construct, stage: string): PolicyStatement =>
  ofTables(scope, stage, ['glue:GetTable', 'glue:DeleteTable']);

/** Reading what queries of a workgroup answered, and asking nothing. */
export const mayReadResults = (scope: Construct, workgroup: string, bucket: Bucket): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['athena:GetQueryResults'],
    resources: [arn(scope, 'athena', 'workgroup', workgroup)],
  }),
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects(`${RESULTS_PREFIX}*`)],
  }),
];

/** What Athena does for whoever asks the lake and changes nothing of it. */
export const mayReadLake = (scope: Construct, stage: string, bucket: Bucket): PolicyStatement[] => [
  ofTables(scope, stage, ['glue:GetDatabase', 'glue:GetTable']),
  new PolicyStatement({ actions: ['s3:GetBucketLocation', 's3:ListBucket'], resources: [bucket.bucketArn] }),
  new PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [CHANGES_PREFIX, CURATED_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
    resources: [bucket.arnForObjects(`${RESULTS_PREFIX}*`)],
  }),
];
