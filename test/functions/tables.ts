import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  type CreateTableCommandInput,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { namesOf } from '../../core/deployment.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { tableDefinition, type KeySchema } from '../../core/table/definition.ts';
import { INSIGHTS } from '../../core/insights/table.ts';
import { GUARDS } from '../../core/table/guards.ts';
import { startEngine } from '../../local/dynamodb/engine.ts';

/** A real DynamoDB engine in a temporary folder, with a table for each entity. */
export interface Tables {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly names: ReturnType<typeof namesOf>;
  close(): Promise<void>;
}

const keyElements = ({ partition, sort }: KeySchema): KeySchemaElement[] => [
  { AttributeName: partition.name, KeyType: 'HASH' },
  ...(sort ? [{ AttributeName: sort.name, KeyType: 'RANGE' as const }] : []),
];

/** CreateTable of an entity: its key, indexes and stream. */
export const createTableInput = (entity: Entity, tableName: string): CreateTableCommandInput => {
  const { key, indexes } = tableDefinition(entity);
  const attributes = [key, ...Object.values(indexes)].flatMap(({ partition, sort }) =>
    sort ? [partition, sort] : [partition],
  );
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  const globalIndexes = Object.entries(indexes).map(([IndexName, keys]) => ({
    IndexName,
    KeySchema: keyElements(keys),
    Projection: { ProjectionType: 'ALL' as const },
  }));
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keyElements(key),
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
};

/** CreateTable of the guards: no stream. */
export const createGuardsInput = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keyElements(GUARDS.key),
  AttributeDefinitions: [
    { AttributeName: GUARDS.key.partition.name, AttributeType: GUARDS.key.partition.type },
  ],
});

/** CreateTable of the insights: no stream. */
const createInsightsInput = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keyElements(INSIGHTS.key),
  AttributeDefinitions: [INSIGHTS.key.partition, INSIGHTS.key.sort].map(({ name, type }) => ({
    AttributeName: name,
    AttributeType: type,
  })),
});

/** Starts the engine and creates the tables. Close it when done. */
export const startTables = async (entities: readonly Entity[]): Promise<Tables> => {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-tables-'));
  const engine = await startEngine({ dbPath: join(folder, 'tables.sqlite') });
  const names = namesOf('test');
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const entity of entities)
    await client.send(new CreateTableCommand(createTableInput(entity, names.table(entity))));
  await client.send(new CreateTableCommand(createGuardsInput(names.guards)));
  await client.send(new CreateTableCommand(createInsightsInput(names.insights)));
  const close = async () => {
    client.destroy();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { client, endpoint: engine.endpoint, names, close };
};
