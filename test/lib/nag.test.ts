import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { buildApp } from './synth.ts';

/** Findings of the AwsSolutions rules that are as we want them, each with its reason. */
const ACCEPTED: readonly (readonly [finding: RegExp, reason: string])[] = [
  [
    /^AwsSolutions-APIG4$/,
    'Health, the contract and the answer for unknown routes are open; all else has the JWT authorizer',
  ],
  [
    /^AwsSolutions-COG2$/,
    'Customers of a store sign in without a second factor; an operator may require one',
  ],
  [/^AwsSolutions-COG8$/, 'The plus tier costs per user and is the choice of an operator'],
  [
    /^AwsSolutions-DDB3$/,
    'The table of subject keys has no recovery: it would bring back a key that was destroyed',
  ],
  [
    /^AwsSolutions-S1$/,
    'Access logs would double the objects of the lake; CloudTrail data events serve an audit',
  ],
  [/^AwsSolutions-IAM4\[.*AWSLambdaBasicExecutionRole\]$/, 'It allows writing logs and nothing else'],
  [/^AwsSolutions-IAM5\[Resource::\*\]$/, 'X-Ray and ListStreams have no permissions by resource'],
  [
    /^AwsSolutions-IAM5\[Resource::(?:<\w+\.Arn>|arn:<AWS::Partition>:dynamodb:.*:table\/tailrace-test-\w+)\/index\/\*\]$/,
    'The indexes of a table are reached as the table is',
  ],
  [
    /^AwsSolutions-IAM5\[Action::s3:\w+\*\]$/,
    'The actions of one verb, as CDK grants them, on the lake bucket alone',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::<Bucket\w+\.Arn>\/.*\*\]$/,
    'Objects of the lake get their names at run time',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:glue:.*:table\/tailrace_test\/\*\]$/,
    'Views are made in the one database of the lake',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:states:.*:execution:tailrace-test-(refresh|backfill):\*\]$/,
    'Executions of a state machine get their names at run time',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::<(?:Erase|Refresh|Sweep|Reconcile|Backfill)\w+\.Arn>:\*\]$/,
    'A state machine or schedule may call any version of the functions it asks',
  ],
  [
    /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:dynamodb:.*:table\/tailrace-test-\w+\/export\/\*\]$/,
    'Exports of a table get their names at run time',
  ],
];

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly { readonly ruleName: string }[];
  }[];
}

test('CloudFormation finds nothing in the stacks, and AwsSolutions nothing but what is accepted with a reason', async () => {
  const { app, outDir, remove } = await buildApp({ validates: true });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).toThrow('AwsSolutions');

  const { pluginReports } = JSON.parse(
    readFileSync(join(outDir, 'validation-report.json'), 'utf8'),
  ) as Report;
  remove();
  const found = pluginReports
    .flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName))
    .filter((name) => name.startsWith('AwsSolutions'));

  expect(pluginReports.find(({ pluginName }) => pluginName === 'CloudFormation Validate')).toMatchObject({
    conclusion: 'success',
    violations: [],
  });
  expect(found.filter((name) => !ACCEPTED.some(([finding]) => finding.test(name)))).toEqual([]);
  expect(
    ACCEPTED.filter(([finding]) => !found.some((name) => finding.test(name))).map(
      ([finding]) => finding.source,
    ),
  ).toEqual([]);
});
