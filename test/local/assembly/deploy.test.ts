import { describe, expect, test } from 'vitest';
import { deploy } from '../../../local/assembly/deploy.ts';
import type { Assembly, Template } from '../../../local/assembly/read.ts';

const place = { region: 'us-east-1', account: '123456789012' };

const assembly = (templates: Record<string, Template>): Assembly => ({
  stacks: Object.entries(templates).map(([name, template]) => ({ name, template })),
  assets: { 'abc.zip': 'asset.abc' },
});

describe('deploy', () => {
  test('resolves a reference across stacks through exports, whichever comes first', () => {
    const producer: Template = {
      Resources: { Orders: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: 'orders' } } },
      Outputs: {
        Stream: { Value: { 'Fn::GetAtt': ['Orders', 'StreamArn'] }, Export: { Name: 'orders-stream' } },
      },
    };
    const consumer: Template = {
      Resources: {
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { EventSourceArn: { 'Fn::ImportValue': 'orders-stream' } },
        },
      },
    };

    const { resources } = deploy(assembly({ consumer, producer }), place);

    const mapping = resources.find(({ type }) => type === 'AWS::Lambda::EventSourceMapping');
    expect(mapping?.properties.EventSourceArn).toMatch(
      /^arn:aws:dynamodb:us-east-1:123456789012:table\/orders\/stream\//,
    );
  });

  test('knows a state machine by its ARN, and a schedule by its name', () => {
    const Resources = {
      Machine: { Type: 'AWS::StepFunctions::StateMachine' },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { Name: 'nightly', Target: { Arn: { Ref: 'Machine' } } },
      },
    };

    const [machine, schedule] = deploy(assembly({ app: { Resources } }), place).resources;

    expect(machine).toMatchObject({
      ref: 'arn:aws:states:us-east-1:123456789012:stateMachine:app-Machine',
      attributes: { Name: 'app-Machine' },
    });
    expect(schedule).toMatchObject({
      ref: 'nightly',
      attributes: { Arn: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly' },
      properties: { Target: { Arn: machine?.attributes['Arn'] } },
    });
  });

  test('names resources without a name after stack and logical id, within the limit of the type and each by itself', () => {
    const long = 'A'.repeat(80);
    const Resources = {
      [`${long}1`]: { Type: 'AWS::IAM::Role' },
      [`${long}2`]: { Type: 'AWS::IAM::Role' },
      Short: { Type: 'AWS::IAM::Role' },
    };

    const refs = deploy(assembly({ app: { Resources } }), place).resources.map(({ ref }) => ref);

    expect(refs[2]).toBe('app-Short');
    expect(new Set(refs).size).toBe(3);
    expect(refs.every((ref) => ref.length <= 64)).toBe(true);
  });

  test('lists what it does not know and leaves it out', () => {
    const { resources, unknown } = deploy(
      assembly({ app: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } } }),
      place,
    );
    expect(resources).toEqual([]);
    expect(unknown).toEqual([{ stack: 'app', logicalId: 'Queue', type: 'AWS::SQS::Queue' }]);
  });

  test('leaves out a resource whose condition does not hold', () => {
    const template: Template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Gone: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
        There: { Type: 'AWS::S3::Bucket' },
      },
    };
    expect(deploy(assembly({ app: template }), place).resources.map(({ logicalId }) => logicalId)).toEqual([
      'There',
    ]);
  });

  test('finds the code of a function by the key it would be uploaded under', () => {
    const Resources = {
      Api: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'assets', S3Key: 'abc.zip' } } },
    };
    expect(deploy(assembly({ app: { Resources } }), place).resources[0]?.metadata['aws:asset:path']).toBe(
      'asset.abc',
    );
  });

  test('says which stack refers to something its template lacks', () => {
    const Resources = { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Nothing' } } } };
    expect(() => deploy(assembly({ app: { Resources } }), place)).toThrow(
      'app: the template refers to the resource Nothing',
    );
  });
});
