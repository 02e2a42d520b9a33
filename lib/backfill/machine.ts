import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  BACKFILL_PREFIX,
  CURATED_PREFIX,
  namesOf,
  QUARANTINE_PREFIX,
  RECONCILE_PREFIX,
  STATE_PREFIX,
} from '../../core/deployment.ts';
import type { Bundles } from '../bundle.ts';
import { exportSettings, mayExport, mayReadTables, type ExportProps } from '../export/access.ts';
import { deployFunction } from '../function.ts';
import { mayAsk, mayChangeTables, mayDropTables, mayWriteLake } from '../lake-access.ts';
import { mayDescribe, stateMachine } from '../state-machine.ts';
import { backfillDefinition } from './definition.ts';

export interface BackfillProps extends ExportProps {
  readonly bundles: Bundles;
  /** The delivery streams of the entities. */
  readonly deliveries: readonly DeliveryStream[];
}

/** The function that sends rows of the lake anew: those of an export, and those that a comparison found to differ. */
export const backfiller = (scope: Construct, props: BackfillProps): LambdaFunction => {
  const { stage, bundles, bucket, deliveries } = props;
  const handler = deployFunction(scope, 'Backfill', {
    name: 'backfill',
    stage,
    bundles,
    description: 'Sends records of the tables to the lake anew',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(15),
    memorySize: 1024,
  });
  const objects = (actions: string[], prefixes: readonly string[]) =>
    new PolicyStatement({
      actions,
      resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    });
  const rights = [
    ...mayReadTables(scope, props),
    mayDropTables(scope, stage),
    mayDescribe(scope, namesOf(stage).backfill),
    objects(['s3:GetObject', 's3:PutObject'], [BACKFILL_PREFIX, STATE_PREFIX]),
    objects(['s3:GetObject'], [CURATED_PREFIX, RECONCILE_PREFIX]),
    objects(['s3:PutObject'], [QUARANTINE_PREFIX]),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  for (const delivery of deliveries) delivery.grantPutRecords(handler);
  return handler;
};

/** The backfill of a table: a state machine that runs when asked. */
export const backfill = (scope: Construct, handler: LambdaFunction, props: BackfillProps): StateMachine => {
  const { stage, bucket } = props;
  const names = namesOf(stage);
  const definition = backfillDefinition({
    functionArn: handler.functionArn,
    workgroup: names.refreshWorkgroup,
    database: names.database,
    ...exportSettings(scope, props),
  });
  return stateMachine(scope, 'BackfillMachine', {
    name: namesOf(stage).backfill,
    definition: Stack.of(scope).toJsonString(definition),
    timeout: Duration.days(3),
    calls: [handler],
    rights: [
      mayAsk(scope, names.refreshWorkgroup),
      mayChangeTables(scope, stage),
      ...mayWriteLake(bucket),
      ...mayExport(scope, props),
    ],
  });
};
