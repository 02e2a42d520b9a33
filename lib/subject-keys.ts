import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** The table of the keys that personal values are sealed under, and the key it is encrypted with itself. */
export interface SubjectKeyTable {
  readonly table: Table;
  readonly key: Key;
}

/**
 * The table of keys, one item a subject. It has no stream, no point-in-time recovery and no backup: each would bring back a key
 * that was destroyed, and with it the person. It outlives its stack: without it nothing sealed can be read.
 */
export const subjectKeyTable = (scope: Construct, tableName: string): SubjectKeyTable => {
  const key = new Key(scope, 'SubjectKeysKey', {
    description: `Encrypts the table ${tableName}`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const table = new Table(scope, 'SubjectKeys', {
    tableName,
    partitionKey: { name: 'subject', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { table, key };
};

const READ_KMS = ['kms:Decrypt', 'kms:DescribeKey'];
/** DynamoDB uses the key in the name of who calls. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const WRITE_KMS = [
  ...READ_KMS,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const allow = (grantee: LambdaFunction, actions: readonly string[], resource: string): void =>
  grantee.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));

/** Lets a function read keys, and no more. */
const mayReadKeys = ({ table, key }: SubjectKeyTable, grantee: LambdaFunction): void => {
  allow(grantee, ['dynamodb:BatchGetItem'], table.tableArn);
  allow(grantee, READ_KMS, key.keyArn);
};

/** Lets a function read keys and make missing ones. */
const mayMakeKeys = ({ table, key }: SubjectKeyTable, grantee: LambdaFunction): void => {
  allow(grantee, ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], table.tableArn);
  allow(grantee, WRITE_KMS, key.keyArn);
};

/** Lets a function destroy the keys of subjects, and see which are there. */
const mayDestroyKeys = ({ table, key }: SubjectKeyTable, grantee: LambdaFunction): void => {
  allow(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem'], table.tableArn);
  allow(grantee, WRITE_KMS, key.keyArn);
};

const READS = ['BatchGetItem', 'GetItem', 'PartiQLSelect', 'Query', 'Scan', 'TransactGetItems'];

/** Refuses to read keys to everybody but some functions, whatever else they may do in the account. */
const readByAlone = ({ table }: SubjectKeyTable, readers: readonly LambdaFunction[]): void => {
  const roles = readers.map(({ role }) => role?.roleArn ?? '');
  table.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ReadByTheFunctionsAlone',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: READS.map((action) => `dynamodb:${action}`),
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles } },
    }),
  );
};

/** The functions that have to do with keys. */
export interface KeyHolders {
  /** They read keys, and make those that are missing. */
  readonly makers: readonly LambdaFunction[];
  /** They read keys. */
  readonly readers: readonly LambdaFunction[];
  /** It destroys keys. */
  readonly destroyer: LambdaFunction;
}

/** Lets each do its part, and nobody else read a key. */
export const giveKeys = (keys: SubjectKeyTable, { makers, readers, destroyer }: KeyHolders): void => {
  for (const maker of makers) mayMakeKeys(keys, maker);
  for (const reader of readers) mayReadKeys(keys, reader);
  mayDestroyKeys(keys, destroyer);
  readByAlone(keys, [...makers, ...readers, destroyer]);
};
