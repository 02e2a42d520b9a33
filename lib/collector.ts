import { Duration } from 'aws-cdk-lib';
import {
  HttpApi,
  HttpAuthorizer,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Bundles } from './bundle.ts';
import { deployFunction } from './function.ts';

export interface CollectorSettings {
  readonly stage: string;
  readonly bundles: Bundles;
  readonly apiId: string;
  readonly authorizerId: string;
  readonly deliveries: readonly DeliveryStream[];
}

/** The collector: takes `POST /events` of the application's API straight to the delivery streams. */
export const collector = (
  scope: Construct,
  { stage, bundles, apiId, authorizerId, deliveries }: CollectorSettings,
): LambdaFunction => {
  const handler = deployFunction(scope, 'Collector', {
    name: 'collector',
    stage,
    bundles,
    description: 'Takes events straight to the lake',
    timeout: Duration.seconds(10),
    memorySize: 512,
  });
  for (const delivery of deliveries) delivery.grantPutRecords(handler);
  const httpApi: IHttpApi = HttpApi.fromHttpApiAttributes(scope, 'AppApi', { httpApiId: apiId });
  new HttpRoute(scope, 'PostEvents', {
    httpApi,
    routeKey: HttpRouteKey.with('/events', HttpMethod.POST),
    integration: new HttpLambdaIntegration('Collector', handler),
    authorizer: HttpAuthorizer.fromHttpAuthorizerAttributes(scope, 'AppAuthorizer', {
      authorizerId,
      authorizerType: 'JWT',
    }),
  });
  return handler;
};
