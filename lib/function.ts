import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import packageJson from '../package.json' with { type: 'json' };
import { namesOf } from '../core/deployment.ts';
import type { Bundles } from './bundle.ts';

export interface FunctionSettings {
  /** Folder in functions/. */
  readonly name: string;
  readonly bundles: Bundles;
  readonly stage: string;
  readonly description: string;
  readonly environment?: Record<string, string>;
  readonly timeout: Duration;
  readonly memorySize: number;
}

/** A function of functions/ as all of them are deployed: one runtime, one log format, one tracing mode. */
export const deployFunction = (scope: Construct, id: string, settings: FunctionSettings): LambdaFunction => {
  const { name, bundles, stage, environment, ...rest } = settings;
  return new LambdaFunction(scope, id, {
    ...rest,
    functionName: namesOf(stage).function(name),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(bundles(name)),
    handler: 'index.handler',
    environment: {
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'Tailrace',
      TAILRACE_STAGE: stage,
      TAILRACE_VERSION: packageJson.version,
      ...environment,
    },
    tracing: Tracing.ACTIVE,
    loggingFormat: LoggingFormat.JSON,
    logGroup: new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
};
