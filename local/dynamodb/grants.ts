import { AwsError } from '../service.ts';

/** What a call needs to be allowed: an action on a table or one of its indexes. */
export interface Grant {
  readonly action: string;
  readonly table: string;
  readonly index?: string | undefined;
}

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, { TableName: string }>>[];
}

type GrantsOf = (input: Input, action: string) => Grant[];

const onTable: GrantsOf = ({ TableName = '*', IndexName }, action) => [
  { action, table: TableName, index: IndexName },
];

const onEachTable: GrantsOf = ({ RequestItems = {} }, action) =>
  Object.keys(RequestItems).map((table) => ({ action, table }));

const TRANSACTED: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

const inTransaction: GrantsOf = ({ TransactItems = [] }) =>
  TransactItems.flatMap((item) =>
    Object.entries(item).map(([kind, { TableName }]) => ({
      action: TRANSACTED[kind] ?? kind,
      table: TableName,
    })),
  );

const OPERATIONS: Readonly<Record<string, GrantsOf>> = {
  BatchGetItem: onEachTable,
  BatchWriteItem: onEachTable,
  DeleteItem: onTable,
  DescribeTable: onTable,
  DescribeStream: onTable,
  DescribeTimeToLive: onTable,
  DescribeContinuousBackups: onTable,
  GetItem: onTable,
  ListStreams: onTable,
  ListTables: onTable,
  PutItem: onTable,
  Query: onTable,
  Scan: onTable,
  TransactGetItems: inTransaction,
  TransactWriteItems: inTransaction,
  UpdateItem: onTable,
};

/**
 * The permissions an operation of a role needs. Throws AwsError for an operation whose permissions the local cloud
 * does not know.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export const grantsOf = (operation: string, input: unknown): Grant[] => {
  const grants = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (grants) return grants(input as Input, operation);
  throw new AwsError(
    'UnknownOperationException',
    `The local cloud does not know which permission ${operation} needs, so no role may call it.`,
  );
};
