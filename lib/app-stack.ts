import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Construct } from 'constructs';
import { namesOf } from '../core/deployment.ts';
import { entityRoutes, FIXED_ROUTES, INSIGHT_ROUTES } from '../core/http/routes.ts';
import type { SavedQuery } from '../core/queries/parse.ts';
import { entitiesOf, type Schema } from '../core/schema/load.ts';
import type { Bundles } from './bundle.ts';
import { entityTable, grantRecords } from './entity-table.ts';
import { grantKeys, keyTable } from './key-table.ts';
import { deployFunction } from './function.ts';
import { grantGuards, guardsTable } from './guards-table.ts';
import { httpApi, type ApiRoute } from './http-api.ts';
import { grantInsights, insightsTable } from './insights-table.ts';
import { people } from './people.ts';

export interface AppStackProps extends StackProps {
  readonly stage: string;
  readonly schemas: readonly Schema[];
  readonly queries: readonly SavedQuery[];
  readonly bundles: Bundles;
  /** Web origins that sign people in and call the API from a browser. */
  readonly origins: readonly string[];
}

/** The application path: tables, the api function, the HTTP API, the people who may call it. It knows of no lake. */
export class AppStack extends Stack {
  /** Stream ARN by entity name: all that the analytics path needs of the tables. */
  readonly streamArns: Readonly<Record<string, string>>;
  /** Where the analytics path puts answers for the API to read. */
  readonly insightsTableArn: string;
  readonly api: HttpApi;
  readonly authorizer: HttpUserPoolAuthorizer;

  constructor(scope: Construct, id: string, props: AppStackProps) {
    super(scope, id, props);
    const { stage, schemas, queries, bundles, origins } = props;
    const entities = entitiesOf(schemas);
    const tables = entities.map((entity) => entityTable(this, entity, namesOf(stage).table(entity)));
    const handler = deployFunction(this, 'Api', {
      name: 'api',
      stage,
      bundles,
      description: 'Creates, reads, lists, changes and deletes records',
      timeout: Duration.seconds(10),
      memorySize: 512,
    });
    for (const table of tables) grantRecords(table, handler);
    grantGuards(guardsTable(this, namesOf(stage).guards), handler);
    grantKeys(keyTable(this, namesOf(stage).keys), handler);
    const insights = insightsTable(this, namesOf(stage).insights);
    grantInsights(insights, handler);
    this.insightsTableArn = insights.tableArn;
    const { pool, domain, client, machine } = people(this, { stage, schemas, queries, origins });
    this.authorizer = new HttpUserPoolAuthorizer('People', pool, {
      userPoolClients: machine ? [client, machine] : [client],
    });
    this.api = httpApi(this, {
      routes: apiRoutes(schemas),
      handler,
      authorizer: this.authorizer,
      origins,
    });
    this.streamArns = Object.fromEntries(
      entities.map((entity, position) => [entity.name, tables[position]?.tableStreamArn ?? '']),
    );
    new CfnOutput(this, 'ApiUrl', { value: this.api.apiEndpoint });
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId });
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
    if (machine) new CfnOutput(this, 'MachineClientId', { value: machine.userPoolClientId });
  }
}

/** Whoever may GET may HEAD: the gateway has no such rule of its own. */
const withHead = (route: ApiRoute): ApiRoute[] =>
  route.method === 'GET' ? [route, { ...route, method: 'HEAD' }] : [route];

const apiRoutes = (schemas: readonly Schema[]): ApiRoute[] =>
  [
    ...[...FIXED_ROUTES, ...INSIGHT_ROUTES].map((route) => ({ ...route, isPublic: route.public })),
    ...entityRoutes(schemas).map(({ method, path }) => ({ method, path, isPublic: false })),
  ].flatMap(withHead);
