/** The calls to DynamoDB of the functions beside this file, by hand: the same that the handler makes. */
import { randomUUID } from 'node:crypto';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoClient } from '../../../functions/shared/dynamodb.ts';
import { emailGuard } from '../lives/customer.ts';
import { claim } from '../lives/guards.ts';
import { getItem, ifFree, keyOf } from '../lives/life.ts';

/** What a client sends. */
export type CustomerBody = { email: string; name: string; country?: string };

export type CustomerRecord = CustomerBody & {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
};

/** The same client. */
const client = dynamoClient();

const [TableName, guards] = [process.env.CUSTOMER_TABLE ?? '', process.env.GUARDS_TABLE ?? ''];

export const readCustomer = async (id: string): Promise<CustomerRecord | undefined> => {
  const { Item } = await getItem({ client }, TableName, keyOf(id));
  if (!Item) return undefined;
  const { schemaVersion: _version, changedBy: _subject, ...record } = unmarshall(Item);
  return record as CustomerRecord;
};

/** Writes a new customer. Undefined when somebody has the address. */
export const createCustomer = async (body: CustomerBody): Promise<CustomerRecord | undefined> => {
  const now = new Date().toISOString();
  const record = { id: randomUUID(), ...body, version: 1, createdAt: now, updatedAt: now };
  const Item = marshall({ ...record, schemaVersion: 1, changedBy: 'bench' }, { removeUndefinedValues: true });
  const TransactItems = [
    { Put: { TableName, Item, ...ifFree } },
    claim(guards, emailGuard(body.email), record.id),
  ];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return record;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return undefined;
    throw error;
  }
};
