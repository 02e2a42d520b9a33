import type {
  BatchWriteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { headItem, type InsightPage, type InsightVersion } from '../../../core/insights/items.ts';
import { headKey, INSIGHTS, ledgerKey, versionName } from '../../../core/insights/table.ts';
import type { StoredItem } from './store.ts';

/** Which version is current. */
export const currentRequest = (table: string, name: string): GetItemCommandInput => ({
  TableName: table,
  Key: headKey(name),
  ConsistentRead: true,
  ProjectionExpression: '#version',
  ExpressionAttributeNames: { '#version': 'version' },
});

const ledgerRequest = (
  table: string,
  name: string,
  change: 'ADD' | 'DELETE',
  version: string,
): UpdateItemCommandInput => ({
  TableName: table,
  Key: ledgerKey(name),
  UpdateExpression: `${change} #versions :version`,
  ExpressionAttributeNames: { '#versions': 'versions' },
  ExpressionAttributeValues: { ':version': { SS: [version] } },
  ReturnValues: 'ALL_NEW',
});

/** Notes that pages of a version may be there from now on, and answers all that are noted. */
export const noteRequest = (table: string, name: string, version: string): UpdateItemCommandInput =>
  ledgerRequest(table, name, 'ADD', version);

/** Notes that all pages of a version will expire. */
export const forgetRequest = (table: string, name: string, version: string): UpdateItemCommandInput =>
  ledgerRequest(table, name, 'DELETE', version);

/** Writes some pages, over what is there. */
export const pagesRequest = (table: string, items: readonly StoredItem[]): BatchWriteItemCommandInput => ({
  RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) },
});

/** Makes a version current, unless it, or a later one, is already: that is told then. */
export const switchRequest = (
  table: string,
  name: string,
  head: InsightVersion & InsightPage,
): PutItemCommandInput => ({
  TableName: table,
  Item: headItem(name, head),
  ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { S: head.version } },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** The keys of a version's pages that do not expire yet. */
export const stayingRequest = (
  table: string,
  name: string,
  version: string,
  after: StoredItem | undefined,
): QueryCommandInput => ({
  TableName: table,
  KeyConditionExpression: '#name = :name',
  FilterExpression: 'attribute_not_exists(#expiry)',
  ProjectionExpression: '#name, #page',
  ExpressionAttributeNames: { '#name': 'name', '#page': 'page', '#expiry': INSIGHTS.timeToLive },
  ExpressionAttributeValues: { ':name': { S: versionName(name, version) } },
  ConsistentRead: true,
  ...(after ? { ExclusiveStartKey: after } : {}),
});

/** Lets a page expire, at an epoch second. */
export const expireRequest = (table: string, Key: StoredItem, epoch: number): UpdateItemCommandInput => ({
  TableName: table,
  Key,
  UpdateExpression: 'SET #expiry = :epoch',
  ExpressionAttributeNames: { '#expiry': INSIGHTS.timeToLive },
  ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
});
