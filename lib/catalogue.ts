import { Aws } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { RESULTS_PREFIX } from './lake-bucket.ts';

export interface Catalogue {
  readonly database: CfnDatabase;
  /** Where analysts ask: results go where the workgroup says, whatever the client says. */
  readonly workgroup: CfnWorkGroup;
  /** Where the refresh runs its statements: it may say where a table it makes lies. */
  readonly refreshWorkgroup: CfnWorkGroup;
}

const workGroup = (
  scope: Construct,
  id: string,
  bucket: Bucket,
  { name, description, isEnforced }: { name: string; description: string; isEnforced: boolean },
): CfnWorkGroup =>
  new CfnWorkGroup(scope, id, {
    name,
    description,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: isEnforced,
      publishCloudWatchMetricsEnabled: true,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: bucket.s3UrlForObject(RESULTS_PREFIX),
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });

/** The database of the lake and the workgroups that query it, whose results go to the lake's own bucket. */
export const catalogue = (scope: Construct, stage: string, bucket: Bucket): Catalogue => {
  const names = namesOf(stage);
  const database = new CfnDatabase(scope, 'Database', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: { name: names.database, description: 'Tables, change logs and events of the store' },
  });
  return {
    database,
    workgroup: workGroup(scope, 'Workgroup', bucket, {
      name: names.workgroup,
      description: 'Questions to the lake',
      isEnforced: true,
    }),
    refreshWorkgroup: workGroup(scope, 'RefreshWorkgroup', bucket, {
      name: names.refreshWorkgroup,
      description: 'What keeps the lake current',
      isEnforced: false,
    }),
  };
};
