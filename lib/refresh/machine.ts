import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { MARTS_PREFIX, namesOf, STATE_PREFIX } from '../../core/deployment.ts';
import type { Bundles } from '../bundle.ts';
import { deployFunction } from '../function.ts';
import { mayPublish } from '../insights-table.ts';
import { RESULTS_PREFIX } from '../lake-bucket.ts';
import { mayAsk, mayChangeTables, mayWriteLake } from '../lake-access.ts';
import { mayDescribe, stateMachine } from '../state-machine.ts';
import { refreshDefinition } from './definition.ts';

export interface RefreshProps {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  readonly insightsTableArn: string;
}

const planner = (
  scope: Construct,
  { stage, bundles, bucket, insightsTableArn }: RefreshProps,
): LambdaFunction => {
  const handler = deployFunction(scope, 'Refresh', {
    name: 'refresh',
    stage,
    bundles,
    description: 'Says what the refresh of the lake does next',
    environment: { LAKE_BUCKET: bucket.bucketName },
    timeout: Duration.minutes(2),
    memorySize: 512,
  });
  const rights = [
    mayAsk(scope, namesOf(stage).refreshWorkgroup),
    mayChangeTables(scope, stage),
    mayPublish(insightsTableArn),
    mayDescribe(scope, namesOf(stage).refresh),
    new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucket.arnForObjects(`${STATE_PREFIX}*`)],
    }),
    new PolicyStatement({
      actions: ['s3:DeleteObject'],
      resources: [bucket.arnForObjects(`${MARTS_PREFIX}*`)],
    }),
  ];
  for (const statement of rights) handler.addToRolePolicy(statement);
  bucket.grantRead(handler, `${RESULTS_PREFIX}*`);
  return handler;
};

/** Every quarter of an hour: what it finds nothing new for costs a few calls and no query. */
const EVERY = Duration.minutes(15);

/** The refresh of the lake: a state machine that merges the logs into the curated tables, on a schedule and when asked. */
export const refresh = (scope: Construct, settings: RefreshProps): StateMachine => {
  const { stage, bucket } = settings;
  const names = namesOf(stage);
  const handler = planner(scope, settings);
  const definition = refreshDefinition({
    functionArn: handler.functionArn,
    workgroup: names.refreshWorkgroup,
    database: names.database,
  });
  const machine = stateMachine(scope, 'RefreshMachine', {
    name: names.refresh,
    definition: Stack.of(scope).toJsonString(definition),
    timeout: Duration.hours(6),
    calls: [handler],
    rights: [mayAsk(scope, names.refreshWorkgroup), mayChangeTables(scope, stage), ...mayWriteLake(bucket)],
  });
  new Schedule(scope, 'RefreshSchedule', {
    schedule: ScheduleExpression.rate(EVERY),
    description: 'Keeps the curated tables of the lake current',
    target: new StepFunctionsStartExecution(machine, {}),
  });
  return machine;
};
