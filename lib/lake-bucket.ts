import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  CHANGES_PREFIX,
  ERRORS_PREFIX,
  EXPORTS_PREFIX,
  GIVEN_UP_PREFIX,
  namesOf,
  QUARANTINE_PREFIX,
  RECONCILE_PREFIX,
  REJECTED_PREFIX,
  REPLAYED_PREFIX,
} from '../core/deployment.ts';

/** Where Athena puts results, in the lake bucket. */
export const RESULTS_PREFIX = 'athena-results/';

/**
 * Days that a change stays in the log. The curated tables keep it for good; the log is there to make them anew, and to merge what a
 * refresh that stands still has left. A development stage needs little of both.
 */
const logDays = (stage: string): number => (stage === 'dev' ? 30 : 400);

/**
 * The lake's bucket: private, encrypted, TLS only, outliving its stack. Results, and what was replayed out of quarantine, go after
 * a week; what waits there, error objects and given up batches after 90 days; merged changes by stage. Events stay: their log is the only place they are in.
 */
export const lakeBucket = (scope: Construct, stage: string): Bucket =>
  new Bucket(scope, 'Bucket', {
    bucketName: namesOf(stage).bucket(Aws.ACCOUNT_ID, Aws.REGION),
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { id: 'changes', prefix: CHANGES_PREFIX, expiration: Duration.days(logDays(stage)) },
      { id: 'results', prefix: RESULTS_PREFIX, expiration: Duration.days(7) },
      { id: 'quarantine', prefix: QUARANTINE_PREFIX, expiration: Duration.days(90) },
      { id: 'rejected', prefix: REJECTED_PREFIX, expiration: Duration.days(90) },
      { id: 'replayed', prefix: REPLAYED_PREFIX, expiration: Duration.days(7) },
      { id: 'errors', prefix: ERRORS_PREFIX, expiration: Duration.days(90) },
      { id: 'given-up', prefix: GIVEN_UP_PREFIX, expiration: Duration.days(90) },
      { id: 'exports', prefix: EXPORTS_PREFIX, expiration: Duration.days(1) },
      { id: 'reconcile', prefix: RECONCILE_PREFIX, expiration: Duration.days(90) },
      { id: 'uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
