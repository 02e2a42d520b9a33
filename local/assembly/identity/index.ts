import { arnOf, idOf, nameOf, type Birth, type Identify } from './types.ts';

const named =
  (service: string, property: string, path: (name: string) => string, limit?: number): Identify =>
  (birth) => {
    const ref = nameOf(birth, property, limit);
    return { ref, attributes: { Arn: arnOf(birth, service, path(ref)) } };
  };

const table: Identify = (birth) => {
  const ref = nameOf(birth, 'TableName', 255);
  const arn = arnOf(birth, 'dynamodb', `table/${ref}`);
  return {
    ref,
    attributes: { Arn: arn, TableId: idOf(birth), StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` },
  };
};

const bucket: Identify = (birth) => {
  const ref = nameOf(birth, 'BucketName', 63).toLowerCase();
  const attributes = {
    Arn: `arn:aws:s3:::${ref}`,
    DomainName: `${ref}.s3.amazonaws.com`,
    RegionalDomainName: `${ref}.s3.${birth.region}.amazonaws.com`,
  };
  return { ref, attributes };
};

const role: Identify = (birth) => {
  const ref = nameOf(birth, 'RoleName');
  return { ref, attributes: { Arn: `arn:aws:iam::${birth.account}:role/${ref}`, RoleId: idOf(birth) } };
};

const version: Identify = (birth) => {
  const ref = arnOf(birth, 'lambda', `function:${String(birth.property('FunctionName'))}:1`);
  return { ref, attributes: { Version: '1', FunctionArn: ref } };
};

const deliveryStream = named('firehose', 'DeliveryStreamName', (name) => `deliverystream/${name}`);

const userPool: Identify = (birth) => {
  const ref = `${birth.region}_${idOf(birth, 9)}`;
  const provider = `cognito-idp.${birth.region}.amazonaws.com/${ref}`;
  return {
    ref,
    attributes: {
      Arn: arnOf(birth, 'cognito-idp', `userpool/${ref}`),
      UserPoolId: ref,
      ProviderName: provider,
      ProviderURL: `https://${provider}`,
    },
  };
};

const userPoolClient: Identify = (birth) => ({
  ref: idOf(birth, 26),
  attributes: { ClientId: idOf(birth, 26) },
});

const api: Identify = (birth) => {
  const ref = idOf(birth);
  return {
    ref,
    attributes: { ApiId: ref, ApiEndpoint: `https://${ref}.execute-api.${birth.region}.amazonaws.com` },
  };
};

const opaque: Identify = (birth) => ({ ref: idOf(birth), attributes: {} });

const byName =
  (property: string): Identify =>
  (birth) => ({ ref: nameOf(birth, property), attributes: {} });

const eventSourceMapping: Identify = (birth) => ({ ref: uuidOf(birth), attributes: { Id: uuidOf(birth) } });

const namedQuery: Identify = (birth) => ({
  ref: uuidOf(birth),
  attributes: { NamedQueryId: uuidOf(birth) },
});

/** A UUID-shaped name of a resource, the same at every start. */
const uuidOf = (birth: Birth): string => {
  const digits = idOf(birth, 32);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
};

const glueTable: Identify = (birth) => {
  const input = birth.property('TableInput') as { Name?: string } | undefined;
  return { ref: input?.Name ?? idOf(birth), attributes: {} };
};

const glueDatabase: Identify = (birth) => {
  const input = birth.property('DatabaseInput') as { Name?: string } | undefined;
  return { ref: input?.Name ?? idOf(birth), attributes: {} };
};

/** Named by a template, and without effect: nothing is encrypted at rest here. */
const kmsKey: Identify = (birth) => {
  const ref = uuidOf(birth);
  return { ref, attributes: { Arn: arnOf(birth, 'kms', `key/${ref}`), KeyId: ref } };
};

const stateMachine: Identify = (birth) => {
  const name = nameOf(birth, 'StateMachineName', 80);
  const ref = arnOf(birth, 'states', `stateMachine:${name}`);
  return { ref, attributes: { Arn: ref, Name: name } };
};

const schedule: Identify = (birth) => {
  const ref = nameOf(birth, 'Name');
  const group = birth.property('GroupName');
  const path = `schedule/${typeof group === 'string' ? group : 'default'}/${ref}`;
  return { ref, attributes: { Arn: arnOf(birth, 'scheduler', path) } };
};

/** Every resource type the local cloud knows: what it is called, and what it can be asked for. */
export const identities: Readonly<Record<string, Identify>> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Authorizer': opaque,
  'AWS::ApiGatewayV2::Integration': opaque,
  'AWS::ApiGatewayV2::Route': opaque,
  'AWS::ApiGatewayV2::Stage': byName('StageName'),
  'AWS::Athena::NamedQuery': namedQuery,
  'AWS::Athena::PreparedStatement': byName('StatementName'),
  'AWS::Athena::WorkGroup': byName('Name'),
  'AWS::CDK::Metadata': opaque,
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': userPoolClient,
  'AWS::Cognito::UserPoolDomain': byName('Domain'),
  'AWS::Cognito::UserPoolGroup': byName('GroupName'),
  'AWS::Cognito::UserPoolResourceServer': byName('Identifier'),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Glue::Database': glueDatabase,
  'AWS::Glue::Table': glueTable,
  'AWS::IAM::Policy': opaque,
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': kmsKey,
  'AWS::KinesisFirehose::DeliveryStream': deliveryStream,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': named('lambda', 'FunctionName', (name) => `function:${name}`),
  'AWS::Lambda::Permission': opaque,
  'AWS::Lambda::Version': version,
  'AWS::Logs::LogGroup': named('logs', 'LogGroupName', (name) => `log-group:${name}`, 512),
  'AWS::Logs::LogStream': byName('LogStreamName'),
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': opaque,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::StepFunctions::StateMachine': stateMachine,
  'Custom::Trigger': opaque,
};
