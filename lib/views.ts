import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import { namesOf, STATE_PREFIX } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';
import { mayAsk, mayChangeTables, mayWriteLake } from './lake-access.ts';

export interface ViewsSettings {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  /** What must stand before a view can be made: tables and workgroup. */
  readonly after: readonly Construct[];
}

/** Curated tables and views of the lake: a function brings them to the schemas at every deployment that changes one. */
export const views = (scope: Construct, { stage, bundles, bucket, after }: ViewsSettings): void => {
  const handler = deployFunction(scope, 'Catalog', {
    name: 'catalog',
    stage,
    bundles,
    description: 'Brings the tables and views of the lake to the schemas',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(10),
    memorySize: 512,
  });
  const rights = [
    mayAsk(scope, namesOf(stage).workgroup),
    mayChangeTables(scope, stage),
    ...mayWriteLake(bucket),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  bucket.grantRead(handler, `${STATE_PREFIX}*`);
  new Trigger(scope, 'MakeViews', { handler, executeAfter: [...after], timeout: Duration.minutes(10) });
};
