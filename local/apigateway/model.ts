import * as z from 'zod';
import type { Cloud, Resource } from '../service.ts';
import { throttleOf, type Throttle } from './throttle.ts';

/** A JWT authorizer. */
export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Where the token is: a header or a query parameter. */
  readonly identitySource: { readonly in: 'header' | 'querystring'; readonly name: string };
}

/** An integration with a function, or the reason why the local cloud cannot run it. */
export type Integration =
  | { readonly functionArn: string; readonly timeoutMs: number }
  | { readonly unsupported: string };

export interface Route {
  /** As in the template, such as `POST /orders/{id}`; it is the event's `routeKey`. */
  readonly key: string;
  /** `ANY` and `$default` match every method. */
  readonly method: string;
  /** Path segments; empty for `$default`. */
  readonly segments: readonly string[];
  readonly integration: Integration;
  readonly authorizer: JwtAuthorizer | undefined;
  readonly scopes: readonly string[];
}

export interface Cors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAge: number | undefined;
  readonly allowCredentials: boolean;
}

/** The HTTP API of the template, with all that belongs to it. */
export interface HttpApi {
  readonly id: string;
  readonly name: string;
  /** `$default`, or the name that paths start with. */
  readonly stage: string;
  readonly cors: Cors | undefined;
  /** The throttling of the stage. */
  readonly throttle: Throttle;
  readonly routes: readonly Route[];
}

const strings = z.array(z.string()).default([]);

const corsSchema = z.object({
  AllowOrigins: strings,
  AllowMethods: strings,
  AllowHeaders: strings,
  ExposeHeaders: strings,
  MaxAge: z.coerce.number().int().optional(),
  AllowCredentials: z.boolean().default(false),
});

const authorizerSchema = z.object({
  AuthorizerType: z.literal('JWT', { error: 'only JWT authorizers run here' }),
  IdentitySource: z.array(z.string()).default(['$request.header.Authorization']),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: strings }),
});

const IDENTITY_SOURCE = /^\$request\.(header|querystring)\.([\w-]+)$/;

/** Lambda's part of the integration timeout of HTTP APIs, in milliseconds; also the default. */
const MAX_TIMEOUT_MS = 30_000;

const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY', { error: 'only AWS_PROXY integrations with a function run here' }),
  IntegrationSubtype: z
    .undefined({ error: 'integrations with other AWS services do not run here' })
    .optional(),
  IntegrationUri: z.string().regex(/:function:/, 'is not the ARN of a function'),
  PayloadFormatVersion: z.literal('2.0', { error: 'only payload format 2.0 runs here' }),
  TimeoutInMillis: z.coerce.number().int().min(50).max(MAX_TIMEOUT_MS).default(MAX_TIMEOUT_MS),
});

/** The `AWS::ApiGatewayV2::Api` of protocol HTTP; undefined when there is none, an error when there are several. */
export const httpApi = (cloud: Cloud): HttpApi | undefined => {
  const [api, ...others] = cloud
    .resources('AWS::ApiGatewayV2::Api')
    .filter((resource) => isHttp(cloud, resource));
  if (!api) return undefined;
  if (others.length > 0)
    throw new Error(`The local cloud serves one HTTP API; ${others.length + 1} are deployed.`);
  const mine = (type: string) =>
    cloud.resources(type).filter(({ properties }) => properties['ApiId'] === api.ref);
  const cors = api.properties['CorsConfiguration'] as unknown;
  return {
    id: api.ref,
    name: String(api.properties['Name'] ?? api.logicalId),
    stage: stageOf(api, mine('AWS::ApiGatewayV2::Stage')),
    cors: cors === undefined ? undefined : corsOf(cors),
    throttle: throttleOf(mine('AWS::ApiGatewayV2::Stage')[0]?.properties ?? {}),
    routes: mine('AWS::ApiGatewayV2::Route').map((route) =>
      routeOf(cloud, route, mine('AWS::ApiGatewayV2::Integration'), mine('AWS::ApiGatewayV2::Authorizer')),
    ),
  };
};

const isHttp = (cloud: Cloud, { logicalId, properties }: Resource): boolean => {
  if (properties['ProtocolType'] === 'HTTP') return true;
  cloud.log(
    'warn',
    'apigateway',
    `API ${logicalId} is ${String(properties['ProtocolType'])}: only HTTP APIs run here.`,
  );
  return false;
};

const stageOf = (api: Resource, stages: readonly Resource[]): string => {
  const names = stages.map(({ properties }) => String(properties['StageName']));
  if (names.length === 0 || names.includes('$default')) return '$default';
  if (names.length > 1)
    throw new Error(`API ${api.logicalId} has the stages ${names.join(', ')}: the local cloud serves one.`);
  return names[0] ?? '$default';
};

const corsOf = (configuration: unknown): Cors => {
  const cors = corsSchema.parse(configuration);
  return {
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    maxAge: cors.MaxAge,
    allowCredentials: cors.AllowCredentials,
  };
};

const routeOf = (
  cloud: Cloud,
  route: Resource,
  integrations: readonly Resource[],
  authorizers: readonly Resource[],
): Route => {
  const key = String(route.properties['RouteKey']);
  const [method = '', path = ''] = key.split(' ');
  const integration = integrationOf(route, integrations);
  if ('unsupported' in integration)
    cloud.log('warn', 'apigateway', `Route ${key} answers 501: ${integration.unsupported}`);
  return {
    key,
    method,
    segments: path.split('/').slice(1),
    integration,
    authorizer: authorizerOf(route, authorizers),
    scopes: (route.properties['AuthorizationScopes'] as string[] | undefined) ?? [],
  };
};

const integrationOf = (route: Resource, integrations: readonly Resource[]): Integration => {
  const ref = String(route.properties['Target']).replace(/^integrations\//, '');
  const found = integrations.find((integration) => integration.ref === ref);
  if (!found) return { unsupported: `it has no integration "${ref}"` };
  const parsed = integrationSchema.safeParse(found.properties);
  if (!parsed.success) return { unsupported: z.prettifyError(parsed.error) };
  const { IntegrationUri: uri, TimeoutInMillis: timeoutMs } = parsed.data;
  return { functionArn: /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri, timeoutMs };
};

const authorizerOf = (route: Resource, authorizers: readonly Resource[]): JwtAuthorizer | undefined => {
  const type = (route.properties['AuthorizationType'] as string | undefined) ?? 'NONE';
  if (type === 'NONE') return undefined;
  const where = `Route ${String(route.properties['RouteKey'])}`;
  if (type !== 'JWT') throw new Error(`${where} has authorization ${type}: only JWT runs here.`);
  const found = authorizers.find(({ ref }) => ref === route.properties['AuthorizerId']);
  if (!found) throw new Error(`${where} names an authorizer that is not deployed.`);
  const { JwtConfiguration: jwt, IdentitySource } = authorizerSchema.parse(found.properties);
  const [, place, name] = IDENTITY_SOURCE.exec(IdentitySource[0] ?? '') ?? [];
  if (!place || !name)
    throw new Error(`${where}: the identity source ${String(IdentitySource[0])} does not work here.`);
  const identitySource = {
    in: place as 'header' | 'querystring',
    name: place === 'header' ? name.toLowerCase() : name,
  };
  return { issuer: jwt.Issuer, audience: jwt.Audience, identitySource };
};
