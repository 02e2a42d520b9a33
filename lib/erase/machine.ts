import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { namesOf, STATE_PREFIX } from '../../core/deployment.ts';
import { REPORTS_PREFIX } from '../../core/privacy/erasure.ts';
import { entitiesOf, type Schema } from '../../core/schema/load.ts';
import type { Bundles } from '../bundle.ts';
import { RECORD_ACTIONS } from '../entity-table.ts';
import { deployFunction } from '../function.ts';
import { GUARD_ACTIONS } from '../guards-table.ts';
import { RESULTS_PREFIX } from '../lake-bucket.ts';
import { mayAsk, mayChangeTables, mayWriteLake } from '../lake-access.ts';
import { stateMachine } from '../state-machine.ts';
import { eraseDefinition } from './definition.ts';

export interface EraseProps {
  readonly stage: string;
  readonly schemas: readonly Schema[];
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  readonly refresh: StateMachine;
  readonly sweeper: LambdaFunction;
}

const tableArn = (scope: Construct, resourceName: string): string =>
  Arn.format(
    { service: 'dynamodb', resource: 'table', resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME },
    Stack.of(scope),
  );

/** The tables of the application, by their names: the lake stack knows no more of them. */
const mayChangeRecords = (scope: Construct, { stage, schemas }: EraseProps): PolicyStatement[] => {
  const names = namesOf(stage);
  const tables = entitiesOf(schemas).map((entity) => tableArn(scope, names.table(entity)));
  return [
    ...tables.map(
      (table) =>
        new PolicyStatement({ actions: [...RECORD_ACTIONS], resources: [table, `${table}/index/*`] }),
    ),
    new PolicyStatement({ actions: [...GUARD_ACTIONS], resources: [tableArn(scope, names.guards)] }),
  ];
};

const mayChangeObjects = ({ bucket }: EraseProps): PolicyStatement[] => [
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [STATE_PREFIX, REPORTS_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  }),
  new PolicyStatement({
    actions: ['s3:GetObject', 's3:DeleteObject'],
    resources: [bucket.arnForObjects('quarantine/*')],
  }),
];

/** The function that does the steps of an erasure. */
const eraser = (scope: Construct, props: EraseProps): LambdaFunction => {
  const { stage, bundles, bucket, refresh } = props;
  const handler = deployFunction(scope, 'Erase', {
    name: 'erase',
    stage,
    bundles,
    description: 'Erases what is personal of one person, step by step',
    environment: { LAKE_BUCKET: bucket.bucketName, REFRESH_ARN: refresh.stateMachineArn },
    timeout: Duration.minutes(15),
    memorySize: 512,
  });
  for (const statement of [
    ...mayChangeRecords(scope, props),
    ...mayChangeObjects(props),
    mayAsk(scope, namesOf(stage).refreshWorkgroup),
  ])
    handler.addToRolePolicy(statement);
  bucket.grantRead(handler, `${RESULTS_PREFIX}*`);
  refresh.grantStartExecution(handler);
  return handler;
};

/** An erasure: its state machine, and the function that does its steps. */
export interface Erasure {
  readonly machine: StateMachine;
  readonly handler: LambdaFunction;
}

/** The state machine of an erasure. Nothing in the stacks starts it: whoever may start it may erase. */
export const erase = (scope: Construct, props: EraseProps): Erasure => {
  const { stage, bucket, sweeper } = props;
  const handler = eraser(scope, props);
  const names = namesOf(stage);
  const definition = eraseDefinition({
    functionArn: handler.functionArn,
    sweepArn: sweeper.functionArn,
    workgroup: names.refreshWorkgroup,
    database: names.database,
  });
  const machine = stateMachine(scope, 'EraseMachine', {
    name: names.erase,
    definition: Stack.of(scope).toJsonString(definition),
    timeout: Duration.hours(6),
    calls: [handler, sweeper],
    rights: [mayAsk(scope, names.refreshWorkgroup), mayChangeTables(scope, stage), ...mayWriteLake(bucket)],
  });
  return { machine, handler };
};
