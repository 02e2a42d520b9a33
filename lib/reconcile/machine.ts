import { Arn, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { EXPORTS_PREFIX, namesOf, RECONCILE_PREFIX, STATE_PREFIX } from '../../core/deployment.ts';
import type { Entity } from '../../core/schema/entity.ts';
import type { Bundles } from '../bundle.ts';
import { deployFunction } from '../function.ts';
import { mayAsk, mayReadLake } from '../lake-access.ts';
import { RESULTS_PREFIX } from '../lake-bucket.ts';
import { reconcileDefinition } from './definition.ts';

export interface ReconcileProps {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  readonly entities: readonly Entity[];
}

const tableArn = (scope: Construct, name: string): string =>
  Arn.format({ service: 'dynamodb', resource: 'table', resourceName: name }, Stack.of(scope));

const tableArns = (scope: Construct, { stage, entities }: ReconcileProps): string[] =>
  entities.map((entity) => tableArn(scope, namesOf(stage).table(entity)));

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
    new PolicyStatement({
      actions: ['athena:GetQueryResults'],
      resources: mayAsk(scope, namesOf(stage).refreshWorkgroup).resources,
    }),
    new PolicyStatement({ actions: ['dynamodb:BatchGetItem'], resources: tableArns(scope, props) }),
    new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [STATE_PREFIX, RESULTS_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    }),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:DeleteObject'],
      resources: [bucket.arnForObjects(`${EXPORTS_PREFIX}*`)],
    }),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: [bucket.arnForObjects(`${RECONCILE_PREFIX}*`)],
    }),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  return handler;
};

/** Exporting tables into the lake bucket, and seeing how far that is. */
export const mayExport = (scope: Construct, props: ReconcileProps): PolicyStatement[] => [
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

/** Once a day, at night. */
const EVERY = ScheduleExpression.cron({ hour: '3', minute: '30' });

/** The comparison of tables and lake: a state machine that runs every night and when asked. */
export const reconcile = (scope: Construct, props: ReconcileProps): StateMachine => {
  const { stage, bucket } = props;
  const names = namesOf(stage);
  const handler = comparer(scope, props);
  const definition = reconcileDefinition({
    functionArn: handler.functionArn,
    workgroup: names.refreshWorkgroup,
    database: names.database,
    bucketName: bucket.bucketName,
    exportsPrefix: EXPORTS_PREFIX,
    tableArnPrefix: tableArn(scope, `tailrace-${stage}-`),
  });
  const machine = new StateMachine(scope, 'ReconcileMachine', {
    stateMachineName: names.reconcile,
    definitionBody: DefinitionBody.fromString(Stack.of(scope).toJsonString(definition)),
    timeout: Duration.hours(12),
    tracingEnabled: true,
    logs: {
      level: LogLevel.ALL,
      destination: new LogGroup(scope, 'ReconcileMachineLogs', {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    },
  });
  handler.grantInvoke(machine);
  const rights = [
    mayAsk(scope, names.refreshWorkgroup),
    ...mayReadLake(scope, stage, bucket),
    ...mayExport(scope, props),
  ];
  for (const statement of rights) machine.addToRolePolicy(statement);
  new Schedule(scope, 'ReconcileSchedule', {
    schedule: EVERY,
    description: 'Compares the tables with the lake',
    target: new StepFunctionsStartExecution(machine, {}),
  });
  return machine;
};
