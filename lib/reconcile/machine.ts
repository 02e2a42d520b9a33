import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { namesOf, RECONCILE_PREFIX, STATE_PREFIX } from '../../core/deployment.ts';
import type { Bundles } from '../bundle.ts';
import { exportSettings, mayExport, mayReadTables, type ExportProps } from '../export/access.ts';
import { deployFunction } from '../function.ts';
import { mayAsk, mayReadLake, mayReadResults } from '../lake-access.ts';
import { stateMachine } from '../state-machine.ts';
import { reconcileDefinition } from './definition.ts';

export interface ReconcileProps extends ExportProps {
  readonly bundles: Bundles;
  /** The function that sends rows of the lake anew. */
  readonly backfiller: LambdaFunction;
}

const onObjects = (bucket: Bucket, prefix: string, actions: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [bucket.arnForObjects(`${prefix}*`)] });

/** The function that compares: it reads tables and lake, and writes what it found. */
const comparer = (scope: Construct, props: ReconcileProps): LambdaFunction => {
  const { stage, bundles, bucket } = props;
  const handler = deployFunction(scope, 'Reconcile', {
    name: 'reconcile',
    stage,
    bundles,
    description: 'Compares tables with the lake and says which keys differ',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(15),
    memorySize: 2048,
  });
  const rights = [
    ...mayReadResults(scope, namesOf(stage).refreshWorkgroup, bucket),
    ...mayReadTables(scope, props),
    onObjects(bucket, STATE_PREFIX, ['s3:GetObject']),
    onObjects(bucket, RECONCILE_PREFIX, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  return handler;
};

export interface Comparison {
  readonly machine: StateMachine;
  /** The function that compares, and reads keys to do so. */
  readonly comparer: LambdaFunction;
}

/** Once a day, at night. */
const EVERY = ScheduleExpression.cron({ hour: '3', minute: '30' });

/** The comparison of tables and lake: a state machine that runs every night and when asked. */
export const reconcile = (scope: Construct, props: ReconcileProps): Comparison => {
  const { stage, bucket, backfiller } = props;
  const names = namesOf(stage);
  const handler = comparer(scope, props);
  const definition = reconcileDefinition({
    functionArn: handler.functionArn,
    backfillArn: backfiller.functionArn,
    workgroup: names.refreshWorkgroup,
    database: names.database,
    ...exportSettings(scope, props),
  });
  const machine = stateMachine(scope, 'ReconcileMachine', {
    name: namesOf(stage).reconcile,
    definition: Stack.of(scope).toJsonString(definition),
    timeout: Duration.hours(12),
    calls: [handler, backfiller],
    rights: [
      mayAsk(scope, names.refreshWorkgroup),
      ...mayReadLake(scope, stage, bucket),
      ...mayExport(scope, props),
    ],
  });
  new Schedule(scope, 'ReconcileSchedule', {
    schedule: EVERY,
    description: 'Compares the tables with the lake',
    target: new StepFunctionsStartExecution(machine, {}),
  });
  return { machine, comparer: handler };
};
