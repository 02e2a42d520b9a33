import { randomUUID } from 'node:crypto';
import { GetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { recordOf, SUBJECT, type Call } from '../request.ts';

/** A route through the handler, and beside it the calls to DynamoDB it needs, by hand and with nothing around them. */
export interface Step {
  readonly name: string;
  readonly handler: () => Promise<unknown>;
  readonly bare: () => Promise<unknown>;
}

/** Records that are there before: what orders are of, and what lists find. */
export interface Seeds {
  readonly productId: string;
  readonly category: string;
  readonly customerId: string;
  readonly email: string;
}

/** What lives are lived in. */
export interface World {
  readonly call: Call;
  readonly client: DynamoDBClient;
  readonly tables: Readonly<Record<'customer' | 'product' | 'order' | 'guards', string>>;
  readonly seeds: Seeds;
}

/** The steps of a record, in order: each does what the one before it made possible. */
export type Life = (world: World) => Step[];

/** Two records that live the same life: one of the handler, one made by hand. */
export interface Pair extends World {
  readonly plural: string;
  readonly table: string;
  ours: string;
  readonly theirs: string;
}

export const pairOf = (world: World, entity: 'customer' | 'product' | 'order'): Pair => ({
  ...world,
  plural: `/${entity}s`,
  table: world.tables[entity],
  ours: '',
  theirs: randomUUID(),
});

export type Item = Record<string, AttributeValue>;

export const now = (): string => new Date().toISOString();

/** What every record has when it is new, in stored form. */
export const fresh = (id: string) => {
  const time = now();
  return { id, version: 1, createdAt: time, updatedAt: time, schemaVersion: 1, changedBy: SUBJECT };
};

export const keyOf = (id: string): Item => ({ id: { S: id } });

/** GetItem as the handler sends it. */
export const getItem = ({ client }: Pick<World, 'client'>, TableName: string, Key: Item) =>
  client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));

/** What the table is to say when a condition does not hold. */
const ON_FAILURE = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
const KEY = { ExpressionAttributeNames: { '#key': 'id' }, ...ON_FAILURE };

export const ifFree = { ConditionExpression: 'attribute_not_exists(#key)', ...KEY };
export const ifThere = { ConditionExpression: 'attribute_exists(#key)', ...KEY };

export const ifVersion = (version: number) => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { N: String(version) } },
  ...ON_FAILURE,
});

/** An item as its next version. */
export const changed = (item: Item | undefined, version: number, fields: Item): Item => ({
  ...item,
  ...fields,
  version: { N: String(version) },
  updatedAt: { S: now() },
});

/** Creates the record of a pair; `bare` creates the other. */
export const createStep = (pair: Pair, body: object, bare: Step['bare']): Step => ({
  name: `POST ${pair.plural}`,
  handler: async () => {
    const answer = await pair.call({ status: 201, method: 'POST', route: pair.plural, body });
    pair.ours = recordOf(answer).id;
  },
  bare,
});
