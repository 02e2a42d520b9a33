import { RemovalPolicy } from 'aws-cdk-lib';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A route of the API: who may call it and where it leads. */
export interface ApiRoute {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
}

/** The HTTP API with its stage: every route to one function, whatever matches none to the same, which says so. */
export const httpApi = (
  scope: Construct,
  settings: { routes: readonly ApiRoute[]; handler: IFunction; authorizer: IHttpRouteAuthorizer },
): HttpApi => {
  const { routes, handler, authorizer } = settings;
  const integration = new HttpLambdaIntegration('Api', handler);
  const open = new HttpNoneAuthorizer();
  const api = new HttpApi(scope, 'HttpApi', {
    description: 'The application path',
    createDefaultStage: false,
    defaultIntegration: integration,
    defaultAuthorizer: open,
  });
  for (const { method, path, isPublic } of routes)
    api.addRoutes({
      path,
      methods: [method as HttpMethod],
      integration,
      authorizer: isPublic ? open : authorizer,
    });
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(logGroup) },
  });
  return api;
};
