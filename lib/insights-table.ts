import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { INSIGHTS } from '../core/insights/table.ts';

/** The table of insights, without a stream. It goes with its stack: the refresh makes what is in it anew. */
export const insightsTable = (scope: Construct, tableName: string): Table =>
  new Table(scope, 'Insights', {
    tableName,
    partitionKey: { name: INSIGHTS.key.partition.name, type: AttributeType.STRING },
    sortKey: { name: INSIGHTS.key.sort.name, type: AttributeType.STRING },
    timeToLiveAttribute: INSIGHTS.timeToLive,
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });

/** Lets a function read insights, an item at a time, and change nothing. */
export const grantInsights = (table: Table, grantee: IGrantable): void => {
  const actions = ['dynamodb:GetItem'];
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [table.tableArn] }));
};

const PUBLISHING = ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];

/** Publishing insights. Nothing is deleted: earlier versions expire. */
export const mayPublish = (tableArn: string): PolicyStatement =>
  new PolicyStatement({ actions: PUBLISHING.map((action) => `dynamodb:${action}`), resources: [tableArn] });
