import { Arn, ArnFormat, RemovalPolicy, Stack, type Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface StateMachineSettings {
  readonly name: string;
  /** Text of the definition; it may have tokens in it. */
  readonly definition: string;
  readonly timeout: Duration;
  /** Functions that it calls. */
  readonly calls: readonly LambdaFunction[];
  readonly rights: readonly PolicyStatement[];
}

/** A state machine as all of them are deployed: standard, traced, its executions logged for a month. */
export const stateMachine = (scope: Construct, id: string, settings: StateMachineSettings): StateMachine => {
  const machine = new StateMachine(scope, id, {
    stateMachineName: settings.name,
    definitionBody: DefinitionBody.fromString(settings.definition),
    timeout: settings.timeout,
    tracingEnabled: true,
    logs: {
      level: LogLevel.ALL,
      destination: new LogGroup(scope, `${id}Logs`, {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    },
  });
  for (const handler of settings.calls) handler.grantInvoke(machine);
  for (const statement of settings.rights) machine.addToRolePolicy(statement);
  return machine;
};

/** The right to see how executions of a state machine stand, by its name. */
export const mayDescribe = (scope: Construct, name: string): PolicyStatement => {
  const resourceName = `${name}:*`;
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  const arn = Arn.format(
    { service: 'states', resource: 'execution', resourceName, arnFormat },
    Stack.of(scope),
  );
  return new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [arn] });
};
