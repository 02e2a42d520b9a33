import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2, type Attribute } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Entity } from '../core/schema/entity.ts';
import { TIME_TO_LIVE } from '../core/table/internal.ts';
import { tableDefinition, type KeyAttribute, type KeySchema } from '../core/table/definition.ts';

const attribute = ({ name, type }: KeyAttribute): Attribute => ({
  name,
  type: type === 'N' ? AttributeType.NUMBER : AttributeType.STRING,
});

const keys = ({ partition, sort }: KeySchema) => ({
  partitionKey: attribute(partition),
  ...(sort ? { sortKey: attribute(sort) } : {}),
});

/** The table of an entity: on demand, recoverable, protected, with a stream of both images. It outlives its stack. */
export const entityTable = (scope: Construct, entity: Entity, tableName: string): TableV2 => {
  const { key, indexes } = tableDefinition(entity);
  return new TableV2(scope, entity.name, {
    tableName,
    ...keys(key),
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
      indexName,
      ...keys(index),
    })),
    ...(entity.expires === undefined ? {} : { timeToLiveAttribute: TIME_TO_LIVE }),
    billing: Billing.onDemand(),
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
};

/** All that the application does with a table. No scan: every list is a query. */
export const RECORD_ACTIONS: readonly string[] = [
  'BatchGetItem',
  'ConditionCheckItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'UpdateItem',
].map((action) => `dynamodb:${action}`);

/** Lets a function do with a table and its indexes what the application does, and no more. */
export const grantRecords = (table: TableV2, grantee: IGrantable): void => {
  const resources = [table.tableArn, `${table.tableArn}/index/*`];
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: [...RECORD_ACTIONS], resources }),
  );
};
