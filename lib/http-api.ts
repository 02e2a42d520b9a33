import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  type CorsPreflightOptions,
  type HttpMethod,
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

export interface HttpApiSettings {
  readonly routes: readonly ApiRoute[];
  readonly handler: IFunction;
  readonly authorizer: IHttpRouteAuthorizer;
  /** Web origins whose pages may call the API. */
  readonly origins: readonly string[];
}

/** Requests a second, and at once. One route cannot use up the quota of the account; a write costs more than a read. */
const READS = { rateLimit: 5000, burstLimit: 2500 } as const;
/** In CloudFormation's own words: CDK passes the settings of a route on as they are. */
const WRITES = { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 } as const;
const WRITING = new Set(['POST', 'PATCH', 'DELETE']);

const cors = (origins: readonly string[]): CorsPreflightOptions => ({
  allowOrigins: [...origins],
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.HEAD,
    CorsHttpMethod.POST,
    CorsHttpMethod.PATCH,
    CorsHttpMethod.DELETE,
  ],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
  exposeHeaders: ['age', 'etag', 'location', 'retry-after', 'x-request-id', 'idempotent-replayed'],
  maxAge: Duration.hours(1),
});

const routed = (scope: Construct, { routes, handler, authorizer, origins }: HttpApiSettings): HttpApi => {
  const integration = new HttpLambdaIntegration('Api', handler);
  const open = new HttpNoneAuthorizer();
  const api = new HttpApi(scope, 'HttpApi', {
    description: 'The application path',
    createDefaultStage: false,
    defaultIntegration: integration,
    defaultAuthorizer: open,
    ...(origins.length > 0 ? { corsPreflight: cors(origins) } : {}),
  });
  for (const { method, path, isPublic } of routes)
    api.addRoutes({
      path,
      methods: [method as HttpMethod],
      integration,
      authorizer: isPublic ? open : authorizer,
    });
  return api;
};

/** Settings of single routes; the stage must come after the routes it names. */
const throttleWrites = (stage: HttpStage, api: HttpApi, routes: readonly ApiRoute[]): void => {
  const writes = routes.filter(({ method }) => WRITING.has(method));
  const resource = stage.node.defaultChild as CfnStage;
  resource.routeSettings = Object.fromEntries(
    writes.map(({ method, path }) => [`${method} ${path}`, WRITES]),
  );
  stage.node.addDependency(api);
};

/** The HTTP API with its stage: every route to one function, whatever matches none to the same, which says so. */
export const httpApi = (scope: Construct, settings: HttpApiSettings): HttpApi => {
  const api = routed(scope, settings);
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const stage = new HttpStage(scope, 'Stage', {
    httpApi: api,
    autoDeploy: true,
    throttle: READS,
    accessLogSettings: { destination: new LogGroupLogDestination(logGroup) },
  });
  throttleWrites(stage, api, settings.routes);
  return api;
};
