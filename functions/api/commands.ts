import type {
  AttributeValue,
  BatchGetItemCommandInput,
  ConditionCheck,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  Update,
} from '@aws-sdk/client-dynamodb';
import { convertToNative, marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ListQuery } from '../../core/http/list.ts';
import type { PlainRecord } from '../../core/http/patch.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { isOutdated, upgraded } from '../../core/schema/upgrade.ts';
import {
  CHANGED_BY,
  INTERNAL,
  internalAttributes,
  SCHEMA_VERSION,
  TIME_TO_LIVE,
} from '../../core/table/internal.ts';
import type { Model } from './model.ts';
import type { StoredItem } from './store-errors.ts';

type Target = Pick<Model, 'entity' | 'table'>;

const toItem = (value: PlainRecord): StoredItem => marshall(value, { removeUndefinedValues: true });

/** The version of the schema an item was written under. */
export const writtenUnder = (entity: Entity, item: StoredItem): number =>
  Number(item[SCHEMA_VERSION]?.N ?? entity.version);

/** DynamoDB gives attributes in no order; people read them in that of the schema. What it does not name is last. */
const inOrder = <T>({ fields }: Entity, values: Readonly<Record<string, T>>): Record<string, T> => {
  const ordered: Record<string, T> = {};
  for (const { name } of fields) if (values[name] !== undefined) ordered[name] = values[name];
  return Object.assign(ordered, values);
};

/** A record written before its schema had a field with a default has the default. */
const withDefaults = (entity: Entity, record: PlainRecord): PlainRecord => {
  const missing = entity.defaults.filter(({ name }) => record[name] === undefined);
  if (missing.length === 0) return record;
  return inOrder(entity, {
    ...record,
    ...Object.fromEntries(missing.map(({ name, value }) => [name, value()])),
  });
};

/** One pass over the attributes: an answer may have a hundred items. */
const plainOf = (entity: Entity, item: StoredItem): PlainRecord => {
  const record: Record<string, unknown> = {};
  const ordered = inOrder(entity, item);
  for (const name of Object.keys(ordered))
    if (!INTERNAL.includes(name)) record[name] = convertToNative(ordered[name] as AttributeValue);
  return record;
};

/** The record of an item, as answered: in the shape of today, whatever version it was written under. */
export const toRecord = (entity: Entity, item: StoredItem): PlainRecord => {
  const from = writtenUnder(entity, item);
  const record = plainOf(entity, item);
  const current = isOutdated(entity, from) ? inOrder(entity, upgraded(entity, record, from)) : record;
  return withDefaults(entity, current);
};

/** The plain values of a key. */
export const toKey = (item: StoredItem): PlainRecord => unmarshall(item);

/** The key of a record. */
export const keyOf = ({ entity }: Target, record: PlainRecord): PlainRecord =>
  Object.fromEntries(entity.key.map((name) => [name, record[name]]));

/** GetItem of one record, as it is now. */
export const readCommand = ({ table }: Target, key: PlainRecord): GetItemCommandInput => ({
  TableName: table,
  Key: toItem(key),
  ConsistentRead: true,
});

const put = ({ table, entity }: Target, record: PlainRecord, by: string | undefined) => ({
  TableName: table,
  Item: toItem({ ...record, ...internalAttributes(entity, record, by) }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

/** PutItem of a record that must not be there yet. One that has expired by `now` and is not yet swept is not there. */
export const createCommand = (
  target: Target,
  record: PlainRecord,
  now: Date,
  by?: string,
): PutItemCommandInput => {
  const free = 'attribute_not_exists(#key)';
  const key = { '#key': target.entity.key[0] };
  if (target.entity.expires === undefined)
    return { ...put(target, record, by), ConditionExpression: free, ExpressionAttributeNames: key };
  return {
    ...put(target, record, by),
    ConditionExpression: `${free} OR #timeToLive <= :now`,
    ExpressionAttributeNames: { ...key, '#timeToLive': TIME_TO_LIVE },
    ExpressionAttributeValues: toItem({ ':now': Math.floor(now.getTime() / 1000) }),
  };
};

/** PutItem of a record over the version that was read. */
export const replaceCommand = (
  target: Target,
  record: PlainRecord,
  version: number,
  by?: string,
): PutItemCommandInput => ({
  ...put(target, record, by),
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { N: String(version) } },
});

const isUpgraded = ({ upgrade }: Entity): boolean => Object.keys(upgrade).length > 0;

/** Sums of a change, the fields that must be as they were read, when it is and who asked for it. */
export interface Addition {
  readonly add: Readonly<Record<string, number>>;
  readonly while?: PlainRecord;
  readonly now: string;
  readonly by?: string | undefined;
}

/**
 * Update of one record that must be there: adds to whole-number fields, none of which may become negative or past
 * 2^53, and counts the version.
 */
export const addCommand = ({ table, entity }: Target, key: PlainRecord, change: Addition): Update => {
  const sums = Object.entries(change.add);
  const held = Object.entries(change.while ?? {});
  const conditions = [
    'attribute_exists(#key)',
    ...(isUpgraded(entity) ? ['#schemaVersion = :schemaVersion'] : []),
    ...sums.map((_, index) => `#sum${index} BETWEEN :low${index} AND :high${index}`),
    ...held.map((_, index) => `#held${index} = :held${index}`),
  ];
  return {
    TableName: table,
    Key: toItem(key),
    UpdateExpression: `SET ${sums.map((_, index) => `#sum${index} = #sum${index} + :add${index}, `).join('')}#updatedAt = :now${change.by === undefined ? '' : ', #changedBy = :by'} ADD #version :one`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: {
      '#key': entity.key[0],
      '#version': 'version',
      '#updatedAt': 'updatedAt',
      ...(change.by === undefined ? {} : { '#changedBy': CHANGED_BY }),
      ...(isUpgraded(entity) ? { '#schemaVersion': SCHEMA_VERSION } : {}),
      ...Object.fromEntries(sums.map(([name], index) => [`#sum${index}`, name])),
      ...Object.fromEntries(held.map(([name], index) => [`#held${index}`, name])),
    },
    ExpressionAttributeValues: toItem({
      ':now': change.now,
      ':one': 1,
      ':by': change.by,
      ...(isUpgraded(entity) ? { ':schemaVersion': entity.version } : {}),
      ...Object.fromEntries(
        sums.flatMap(([, amount], index) => [
          [`:add${index}`, amount],
          [`:low${index}`, Math.max(0, -amount)],
          [`:high${index}`, Number.MAX_SAFE_INTEGER - Math.max(0, amount)],
        ]),
      ),
      ...Object.fromEntries(held.map(([, value], index) => [`:held${index}`, value])),
    }),
  };
};

/** ConditionCheck that a record is there. */
export const existsCommand = ({ table, entity }: Target, key: PlainRecord): ConditionCheck => ({
  TableName: table,
  Key: toItem(key),
  ConditionExpression: 'attribute_exists(#key)',
  ExpressionAttributeNames: { '#key': entity.key[0] },
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

/** BatchGetItem of up to 100 items of one table, as they are now. */
export const batchReadCommand = (
  { table }: Pick<Target, 'table'>,
  keys: readonly PlainRecord[],
): BatchGetItemCommandInput => ({
  RequestItems: { [table]: { Keys: keys.map(toItem), ConsistentRead: true } },
});
