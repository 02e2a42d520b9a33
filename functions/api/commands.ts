import type {
  BatchGetItemCommandInput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ListQuery } from '../../core/http/list.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import type { Model } from './model.ts';
import type { StoredItem } from './store.ts';

type Target = Pick<Model, 'entity' | 'table'>;

/** Kept with every item, never answered: the version of the schema it was written under. */
const SCHEMA_VERSION = 'schemaVersion';

const toItem = (value: PlainRecord): StoredItem => marshall(value, { removeUndefinedValues: true });

/** The record of an item, as answered. */
export const toRecord = (item: StoredItem): PlainRecord => {
  const { [SCHEMA_VERSION]: _schemaVersion, ...record } = item;
  return unmarshall(record);
};

/** The key of a record. */
export const keyOf = ({ entity }: Target, record: PlainRecord): PlainRecord =>
  Object.fromEntries(entity.key.map((name) => [name, record[name]]));

/** GetItem of one record, as it is now. */
export const readCommand = ({ table }: Target, key: PlainRecord): GetItemCommandInput => ({
  TableName: table,
  Key: toItem(key),
  ConsistentRead: true,
});

const put = ({ table, entity }: Target, record: PlainRecord) => ({
  TableName: table,
  Item: toItem({ ...record, [SCHEMA_VERSION]: entity.version }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

/** PutItem of a record that must not be there yet. */
export const createCommand = (target: Target, record: PlainRecord): PutItemCommandInput => ({
  ...put(target, record),
  ConditionExpression: 'attribute_not_exists(#key)',
  ExpressionAttributeNames: { '#key': target.entity.key[0] },
});

/** PutItem of a record over the version that was read. */
export const replaceCommand = (
  target: Target,
  record: PlainRecord,
  version: number,
): PutItemCommandInput => ({
  ...put(target, record),
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { N: String(version) } },
});

/** DeleteItem of a record that must be there, and of this version if one is given. */
export const deleteCommand = (
  { table, entity }: Target,
  key: PlainRecord,
  version?: number,
): DeleteItemCommandInput => ({
  TableName: table,
  Key: toItem(key),
  ConditionExpression: version === undefined ? 'attribute_exists(#key)' : '#version = :version',
  ExpressionAttributeNames: version === undefined ? { '#key': entity.key[0] } : { '#version': 'version' },
  ...(version === undefined ? {} : { ExpressionAttributeValues: { ':version': { N: String(version) } } }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** How the sort key compares, as a key condition of DynamoDB; two values for BETWEEN, else one. */
export interface SortCondition {
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';
  readonly values: readonly [unknown, unknown?];
}

/** What a list asks for, its values in stored form. */
export interface ListRequest {
  readonly query: ListQuery;
  readonly partition: unknown;
  readonly sort?: SortCondition;
  readonly limit: number;
  readonly descending: boolean;
  readonly after?: PlainRecord;
  /** Names of the attributes to fetch; undefined for all. */
  readonly attributes?: readonly string[];
}

const sortCondition = ({ sort }: ListRequest): string => {
  if (!sort) return '';
  if (sort.operator === 'begins_with') return ' AND begins_with(#sort, :sort)';
  return ` AND #sort ${sort.operator} :sort${sort.operator === 'BETWEEN' ? ' AND :end' : ''}`;
};

const projection = (attributes: readonly string[]): Pick<QueryCommandInput, 'ProjectionExpression'> => ({
  ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
});

const projectionNames = (attributes: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name]));

/** Query of the table or of one of its indexes. */
export const listCommand = ({ table }: Target, request: ListRequest): QueryCommandInput => {
  const { query, partition, sort, limit, descending, after, attributes } = request;
  return {
    TableName: table,
    ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index }),
    KeyConditionExpression: `#partition = :partition${sortCondition(request)}`,
    ExpressionAttributeNames: {
      '#partition': query.key.partition.name,
      ...(sort && query.key.sort ? { '#sort': query.key.sort.name } : {}),
      ...projectionNames(attributes),
    },
    ...(attributes ? projection(attributes) : {}),
    ExpressionAttributeValues: toItem({
      ':partition': partition,
      ':sort': sort?.values[0],
      ':end': sort?.values[1],
    }),
    ScanIndexForward: !descending,
    Limit: limit,
    ...(after ? { ExclusiveStartKey: toItem(after) } : {}),
  };
};

/** BatchGetItem of up to 100 records of one table, as they are now. */
export const batchReadCommand = (
  { table }: Target,
  keys: readonly PlainRecord[],
): BatchGetItemCommandInput => ({
  RequestItems: { [table]: { Keys: keys.map(toItem), ConsistentRead: true } },
});
