import { Arn, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { EXPORTS_PREFIX, namesOf } from '../../core/deployment.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { ExportSettings } from './states.ts';

/** Whose tables are exported, and where to. */
export interface ExportProps {
  readonly stage: string;
  readonly entities: readonly Entity[];
  readonly bucket: Bucket;
}

const tableArn = (scope: Construct, name: string): string =>
  Arn.format({ service: 'dynamodb', resource: 'table', resourceName: name }, Stack.of(scope));

const tableArns = (scope: Construct, { stage, entities }: ExportProps): string[] =>
  entities.map((entity) => tableArn(scope, namesOf(stage).table(entity)));

/** What the states of an export need to know. */
export const exportSettings = (scope: Construct, { stage, bucket }: ExportProps): ExportSettings => ({
  bucketName: bucket.bucketName,
  exportsPrefix: EXPORTS_PREFIX,
  tableArnPrefix: tableArn(scope, `tailrace-${stage}-`),
});

/** Exporting tables into the lake bucket, and seeing how far that is. */
export const mayExport = (scope: Construct, props: ExportProps): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['dynamodb:ExportTableToPointInTime'],
    resources: tableArns(scope, props),
  }),
  new PolicyStatement({
    actions: ['dynamodb:DescribeExport'],
    resources: tableArns(scope, props).map((arn) => `${arn}/export/*`),
  }),
  new PolicyStatement({
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: [props.bucket.arnForObjects(`${EXPORTS_PREFIX}*`)],
  }),
];

/** Reading what was exported, removing it, and reading single items of the tables as they are now. */
export const mayReadTables = (scope: Construct, props: ExportProps): PolicyStatement[] => [
  new PolicyStatement({ actions: ['dynamodb:BatchGetItem'], resources: tableArns(scope, props) }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:DeleteObject'],
    resources: [props.bucket.arnForObjects(`${EXPORTS_PREFIX}*`)],
  }),
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [props.bucket.bucketArn] }),
];
