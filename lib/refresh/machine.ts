import { Arn, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { MARTS_PREFIX, namesOf, STATE_PREFIX } from '../../core/deployment.ts';
import type { Bundles } from '../bundle.ts';
import { deployFunction } from '../function.ts';
import { mayPublish } from '../insights-table.ts';
import { RESULTS_PREFIX } from '../lake-bucket.ts';
import { mayAsk, mayChangeTables, mayWriteLake } from '../lake-access.ts';
import { refreshDefinition } from './definition.ts';

export interface RefreshProps {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly bucket: Bucket;
  readonly insightsTableArn: string;
}

const executionsOf = (scope: Construct, stage: string): string =>
  Arn.format(
    {
      service: 'states',
      resource: 'execution',
      resourceName: `${namesOf(stage).refresh}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    },
    Stack.of(scope),
  );

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
    new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executionsOf(scope, stage)] }),
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
  const machine = new StateMachine(scope, 'RefreshMachine', {
    stateMachineName: names.refresh,
    definitionBody: DefinitionBody.fromString(Stack.of(scope).toJsonString(definition)),
    timeout: Duration.hours(6),
    tracingEnabled: true,
    logs: {
      level: LogLevel.ALL,
      destination: new LogGroup(scope, 'RefreshMachineLogs', {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    },
  });
  handler.grantInvoke(machine);
  for (const statement of [
    mayAsk(scope, names.refreshWorkgroup),
    mayChangeTables(scope, stage),
    ...mayWriteLake(bucket),
  ])
    machine.addToRolePolicy(statement);
  new Schedule(scope, 'RefreshSchedule', {
    schedule: ScheduleExpression.rate(EVERY),
    description: 'Keeps the curated tables of the lake current',
    target: new StepFunctionsStartExecution(machine, {}),
  });
  return machine;
};
