import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../core/openapi/document.ts';
import { schemas } from '../../schemas/index.ts';
import { buildApp } from './synth.ts';

let application: Template;
let lake: Template;
let remove: () => void;

beforeAll(async () => {
  const built = await buildApp();
  application = Template.fromStack(built.application);
  lake = Template.fromStack(built.lake);
  remove = built.remove;
});

afterAll(() => remove());

describe('the application stack', () => {
  test('has one protected, recoverable, on-demand table with a stream for each entity', () => {
    application.resourceCountIs('AWS::DynamoDB::GlobalTable', 4);
    application.resourcePropertiesCountIs(
      'AWS::DynamoDB::GlobalTable',
      { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } },
      3,
    );
    application.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
    application.allResources('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('has a table of guards that expire, without a stream', () => {
    application.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: 'tailrace-test-write-guards',
      KeySchema: [{ AttributeName: 'guard', KeyType: 'HASH' }],
      StreamSpecification: Match.absent(),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('derives the keys and indexes of a table from its schema', () => {
    application.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: 'tailrace-test-order',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: Match.arrayWith([
        Match.objectLike({
          IndexName: 'byCustomer',
          KeySchema: [
            { AttributeName: 'customerId', KeyType: 'HASH' },
            { AttributeName: 'placedAt', KeyType: 'RANGE' },
          ],
        }),
      ]),
    });
  });

  test('lets nobody without a token past the gateway, but to health and the contract', () => {
    const routes = Object.values(application.findResources('AWS::ApiGatewayV2::Route')).map(
      (route) => route.Properties,
    );
    const open = routes
      .filter((route) => route.AuthorizationType === 'NONE')
      .map((route) => route.RouteKey as string);
    expect(open.toSorted()).toEqual([
      '$default',
      'GET /docs',
      'GET /health',
      'GET /openapi.json',
      'HEAD /docs',
      'HEAD /health',
      'HEAD /openapi.json',
    ]);
    expect(routes.filter((route) => route.AuthorizationType === 'JWT')).toHaveLength(29);
  });

  test('has the routes of the contract, those of the lake among them, and no other', () => {
    const deployed = [application, lake].flatMap((template) =>
      Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(
        ({ Properties }) => Properties.RouteKey as string,
      ),
    );
    const { paths } = openApi(schemas, { title: 'Store', version: '1' });
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(deployed.toSorted()).toEqual(['$default', ...described].toSorted());
  });

  test('has the groups and scopes that schemas and queries name, a client of people and one of machines', () => {
    const groups = Object.values(application.findResources('AWS::Cognito::UserPoolGroup'));
    expect(groups.map(({ Properties }) => Properties.GroupName as string).toSorted()).toEqual([
      'customer',
      'staff',
    ]);
    application.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'tailrace',
      Scopes: ['customers.read', 'insights.read', 'orders.read', 'products.read'].map((ScopeName) =>
        Match.objectLike({ ScopeName }),
      ),
    });
    application.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://shop.example.com/callback'],
      LogoutURLs: ['https://shop.example.com'],
      GenerateSecret: Match.absent(),
    });
    application.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['client_credentials'],
      GenerateSecret: true,
    });
    application.resourceCountIs('AWS::Cognito::UserPoolDomain', 1);
    application.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Audience: [Match.anyValue(), Match.anyValue()] },
    });
  });

  test('knows nothing of the lake', () => {
    for (const type of [
      'AWS::KinesisFirehose::DeliveryStream',
      'AWS::S3::Bucket',
      'AWS::Glue::Table',
      'AWS::Lambda::EventSourceMapping',
    ])
      application.resourceCountIs(type, 0);
    expect(JSON.stringify(application.toJSON())).not.toContain('Fn::ImportValue');
  });

  test('lets pages of its origins call it, and throttles by route', () => {
    application.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: Match.objectLike({
        AllowOrigins: ['https://shop.example.com'],
        AllowHeaders: Match.arrayWith(['authorization', 'if-match']),
      }),
    });
    application.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 5000, ThrottlingBurstLimit: 2500 },
      RouteSettings: Match.objectLike({
        'POST /orders': { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
      }),
    });
  });

  test('keeps the secret of cursors in a table the api function may read and write one item of, and no more', () => {
    application.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'tailrace-test-keys' });
    application.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Keys'), 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('has a table of insights that expire, without a stream, of which the api function reads single items', () => {
    application.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        TableName: 'tailrace-test-insights',
        KeySchema: [
          { AttributeName: 'name', KeyType: 'HASH' },
          { AttributeName: 'page', KeyType: 'RANGE' },
        ],
        StreamSpecification: Match.absent(),
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
      DeletionPolicy: 'Delete',
    });
    const policies = Object.values(application.findResources('AWS::IAM::Policy'));
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as object[]);
    expect(statements.filter((statement) => JSON.stringify(statement).includes('"Insights'))).toEqual([
      expect.objectContaining({ Action: 'dynamodb:GetItem' }),
    ]);
  });

  test('gives the api function no right to scan', () => {
    const policies = JSON.stringify(application.findResources('AWS::IAM::Policy'));
    expect(policies).toContain('dynamodb:Query');
    expect(policies).not.toContain('dynamodb:Scan');
    expect(policies).not.toContain('dynamodb:*');
  });
});

describe('the lake stack', () => {
  test('follows every stream from its beginning, and gives up on nothing without keeping it', () => {
    lake.resourceCountIs('AWS::Lambda::EventSourceMapping', 3);
    lake.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 43_200,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  test('delivers every entity and event as Parquet by its own Glue table', () => {
    lake.resourceCountIs('AWS::KinesisFirehose::DeliveryStream', 5);
    lake.allResourcesProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: Match.objectLike({
        DataFormatConversionConfiguration: Match.objectLike({
          Enabled: true,
          OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
        }),
      }),
    });
  });

  test('has Glue columns with nested structs, exact money and millisecond timestamps', () => {
    lake.hasResourceProperties('AWS::Glue::Table', {
      TableInput: Match.objectLike({
        Name: 'orders_changes',
        PartitionKeys: [Match.objectLike({ Name: 'dt', Type: 'string' })],
        StorageDescriptor: Match.objectLike({
          Columns: Match.arrayWith([
            Match.objectLike({ Name: 'change_sequence', Type: 'string' }),
            Match.objectLike({
              Name: 'lines',
              Type: 'array<struct<product_id:string,quantity:bigint,amount:struct<amount:bigint,currency:string>>>',
            }),
            Match.objectLike({ Name: 'placed_at', Type: 'timestamp' }),
          ]),
        }),
      }),
    });
  });

  test('has each query of the store as a named query, a mart as its rows', () => {
    lake.resourceCountIs('AWS::Athena::NamedQuery', 11);
    lake.hasResourceProperties('AWS::Athena::NamedQuery', {
      Name: 'daily_revenue',
      Description: 'What did we earn each day, by currency and category?',
      Database: 'tailrace_test',
      WorkGroup: 'tailrace-test',
      QueryString: 'SELECT * FROM "tailrace_test"."daily_revenue"\nORDER BY "day", "currency", "category"',
    });
    lake.hasResourceProperties('AWS::Athena::NamedQuery', {
      Name: 'unpaid_orders',
      QueryString: Match.stringLikeRegexp('FROM "tailrace_test"."orders"'),
    });
  });

  test('lets the refresh write and delete the tables of marts, and read events', () => {
    const statements = JSON.stringify(lake.findResources('AWS::IAM::Policy'));
    expect(statements).toContain('/marts/*');
    expect(statements).toContain('/events/*');
  });

  test('keeps its bucket private, encrypted and on TLS', () => {
    lake.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    lake.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    });
  });

  test('lets results go after a week, abandoned uploads after a day and the log after a year, but no event and no table', () => {
    const [bucket] = Object.values(lake.findResources('AWS::S3::Bucket')) as {
      Properties: { LifecycleConfiguration: { Rules: Record<string, unknown>[] } };
    }[];
    const rules = bucket?.Properties.LifecycleConfiguration.Rules ?? [];
    const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);

    expect(Object.fromEntries(expiring.map((rule) => [rule.Prefix, rule.ExpirationInDays]))).toEqual({
      'athena-results/': 7,
      'changes/': 400,
      'quarantine/relay/': 90,
      'quarantine/firehose/': 90,
      'quarantine/replayed/': 7,
      'aws/lambda/': 90,
      'errors/': 90,
      'exports/': 1,
      'reconcile/': 90,
    });
    expect(rules).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
    );
  });

  test('lets replaying remove nothing but what is in quarantine', () => {
    const policies = Object.entries(lake.findResources('AWS::IAM::Policy'));
    const [, redrive] = policies.find(([id]) => id.startsWith('RedriveServiceRole'))!;
    const statements = redrive.Properties.PolicyDocument.Statement as {
      Action: string | string[];
      Resource: unknown;
    }[];
    const deleting = statements.filter(({ Action }) => [Action].flat().includes('s3:DeleteObject'));
    expect(JSON.stringify(deleting.map(({ Resource }) => Resource)).match(/\/[a-z/]+\*/g)).toEqual([
      '/quarantine/relay/*',
      '/quarantine/firehose/*',
    ]);
  });

  test('keeps the keys of subjects in a table of its own, encrypted, protected, and in no copy', () => {
    lake.resourceCountIs('AWS::DynamoDB::Table', 1);
    lake.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        TableName: 'tailrace-test-subject-keys',
        KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: Match.absent(),
        StreamSpecification: Match.absent(),
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectKeysKey'), 'Arn'] },
        },
      }),
    });
    lake.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: Match.objectLike({ EnableKeyRotation: true }),
    });
  });

  test('lets those who seal, compare, reveal or erase read those keys, and nobody else', () => {
    const tables = Object.keys(lake.findResources('AWS::DynamoDB::Table'));
    const keys = Object.keys(lake.findResources('AWS::KMS::Key'));
    const rights = Object.entries(lake.findResources('AWS::IAM::Policy')).flatMap(([name, { Properties }]) =>
      (Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[])
        .filter(({ Resource }) => [...tables, ...keys].some((id) => JSON.stringify(Resource).includes(id)))
        .map(({ Action }) => `${name.replace(/ServiceRole.*/, '')}: ${[Action].flat().join(' ')}`),
    );
    const write =
      'kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo';
    expect(rights.toSorted()).toEqual([
      'Backfill: dynamodb:BatchGetItem dynamodb:PutItem',
      `Backfill: kms:Decrypt kms:DescribeKey ${write}`,
      'Collector: dynamodb:BatchGetItem dynamodb:PutItem',
      `Collector: kms:Decrypt kms:DescribeKey ${write}`,
      'Erase: dynamodb:GetItem dynamodb:PutItem',
      `Erase: kms:Decrypt kms:DescribeKey ${write}`,
      'Reconcile: dynamodb:BatchGetItem',
      'Reconcile: kms:Decrypt kms:DescribeKey',
      'Redrive: dynamodb:BatchGetItem dynamodb:PutItem',
      `Redrive: kms:Decrypt kms:DescribeKey ${write}`,
      'Relay: dynamodb:BatchGetItem dynamodb:PutItem',
      `Relay: kms:Decrypt kms:DescribeKey ${write}`,
      'Reveal: dynamodb:BatchGetItem',
      'Reveal: kms:Decrypt kms:DescribeKey',
      'Sweep: dynamodb:BatchGetItem dynamodb:PutItem',
      `Sweep: kms:Decrypt kms:DescribeKey ${write}`,
    ]);
    const anything = JSON.stringify(lake.findResources('AWS::IAM::Policy'));
    expect(anything).not.toMatch(/"(dynamodb|kms):\*"/);
    lake.hasResourceProperties('AWS::DynamoDB::Table', {
      ResourcePolicy: {
        PolicyDocument: Match.objectLike({
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: Match.arrayWith(['dynamodb:GetItem', 'dynamodb:PartiQLSelect', 'dynamodb:Scan']),
              Condition: {
                ArnNotEquals: {
                  'aws:PrincipalArn': [
                    'Relay',
                    'Collector',
                    'Sweep',
                    'Redrive',
                    'Backfill',
                    'Reveal',
                    'Reconcile',
                    'Erase',
                  ].map((name) => ({
                    'Fn::GetAtt': [Match.stringLikeRegexp(`^${name}ServiceRole`), 'Arn'],
                  })),
                },
              },
            }),
          ],
        }),
      },
    });
  });

  test('lets nothing in the stacks invoke the function that reveals', () => {
    const rights = JSON.stringify([
      lake.findResources('AWS::IAM::Policy'),
      lake.findResources('AWS::Lambda::Permission'),
    ]);
    const [revealer] = Object.keys(
      lake.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'tailrace-test-reveal' } }),
    );
    expect(revealer).toMatch(/^Reveal/);
    expect(rights).not.toContain(`"Fn::GetAtt":["${revealer}","Arn"]`);
  });

  test('lets nothing in the stacks start an erasure', () => {
    const rights = JSON.stringify(lake.findResources('AWS::IAM::Policy'));
    const [machine] = Object.keys(
      lake.findResources('AWS::StepFunctions::StateMachine', {
        Properties: { StateMachineName: 'tailrace-test-erase' },
      }),
    );
    expect(machine).toMatch(/^Erase/);
    expect(rights).not.toContain(`{"Ref":"${machine}"}`);
  });

  test('takes events on a route of the application API', () => {
    lake.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'POST /events',
      AuthorizationType: 'JWT',
    });
  });

  test('imports streams, the API and the table it publishes insights to from the application, and nothing else', () => {
    const imports = new Set(JSON.stringify(lake.toJSON()).match(/"Fn::ImportValue":"[^"]+"/g));
    expect([...imports].every((name) => /StreamArn|HttpApi|FnGetAttInsights/.test(name))).toBe(true);
  });

  test('publishes insights from the refresh function alone, and deletes none', () => {
    const policies = Object.entries(lake.findResources('AWS::IAM::Policy'));
    const publishing = policies.filter(([, policy]) => JSON.stringify(policy).includes('FnGetAttInsights'));
    expect(publishing.map(([id]) => id)).toEqual([expect.stringMatching(/^RefreshServiceRole/)]);
    lake.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
              (action) => `dynamodb:${action}`,
            ),
          }),
        ]),
      },
    });
  });
});
