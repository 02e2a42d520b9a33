import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { GUARDS } from '../core/table/guards.ts';

/** The table of guards: on demand, recoverable together with the records, protected, without a stream. */
export const guardsTable = (scope: Construct, tableName: string): TableV2 =>
  new TableV2(scope, 'Guards', {
    tableName,
    partitionKey: { name: GUARDS.key.partition.name, type: AttributeType.STRING },
    timeToLiveAttribute: GUARDS.timeToLive,
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });

/** All that is done with guards. */
export const GUARD_ACTIONS: readonly string[] = [
  'BatchGetItem',
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
].map((action) => `dynamodb:${action}`);

/** Lets a function keep guards. */
export const grantGuards = (table: TableV2, grantee: IGrantable): void => {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: [...GUARD_ACTIONS], resources: [table.tableArn] }),
  );
};
