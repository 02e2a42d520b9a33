import { Aws } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { RESULTS_PREFIX } from './lake-bucket.ts';

/** The database of the lake and the workgroup that queries it, whose results go to the lake's own bucket. */
export const catalogue = (
  scope: Construct,
  stage: string,
  bucket: Bucket,
): { database: CfnDatabase; workgroup: CfnWorkGroup } => {
  const names = namesOf(stage);
  const database = new CfnDatabase(scope, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: { name: names.database, description: 'Tables, change logs and events of the store' },
  });
  const workgroup = new CfnWorkGroup(scope, 'Workgroup', {
    name: names.workgroup,
    description: 'Questions to the lake',
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: bucket.s3UrlForObject(RESULTS_PREFIX),
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  return { database, workgroup };
};
