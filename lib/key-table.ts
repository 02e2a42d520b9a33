import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The table of the api function's own secrets. It goes with its stack: a cursor outlives no deployment. */
export const keyTable = (scope: Construct, tableName: string): Table =>
  new Table(scope, 'Keys', {
    tableName,
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });

/** Lets a function read a secret and write one that is missing. */
export const grantKeys = (table: Table, grantee: IGrantable): void => {
  const actions = ['dynamodb:GetItem', 'dynamodb:PutItem'];
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [table.tableArn] }));
};
