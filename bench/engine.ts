import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Entity } from '../core/schema/entity.ts';
import { entitiesOf } from '../core/schema/load.ts';
import { startEngine } from '../local/dynamodb/engine.ts';
import { schemas } from '../schemas/index.ts';
import { createTableInput } from '../test/functions/tables.ts';
import { temporaryFolder } from './workspace.ts';

/** A DynamoDB engine over an empty folder on the disk. */
export interface BenchEngine extends AsyncDisposable {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
}

/** What every client and function here says it is. */
export const AWS_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;

/** Starts an engine; disposed of, it is stopped and its data deleted. */
export const startBenchEngine = async (): Promise<BenchEngine> => {
  const folder = temporaryFolder();
  const engine = await startEngine({ dbPath: join(folder.path, 'tables.sqlite') });
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: AWS_ENVIRONMENT.AWS_REGION,
    credentials: {
      accessKeyId: AWS_ENVIRONMENT.AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
    },
  });
  const close = async () => {
    client.destroy();
    await engine.close();
    folder[Symbol.dispose]();
  };
  return { endpoint: engine.endpoint, client, [Symbol.asyncDispose]: close };
};

/** An entity of the store. Throws Error when it has none of that name. */
export const entityNamed = (name: string): Entity => {
  const found = entitiesOf(schemas).find((entity) => entity.name === name);
  if (found) return found;
  throw new Error(`The benchmarks need the entity "${name}", which no schema declares.`);
};

/** Creates a table with the key, the indexes and the stream of an entity. */
export const createTable = async ({ client }: BenchEngine, entity: Entity, table: string): Promise<void> => {
  await client.send(new CreateTableCommand(createTableInput(entity, table)));
};
