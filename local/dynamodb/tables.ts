import type { Cloud, Resource } from '../service.ts';
import type { EngineClient } from './client.ts';

/** What a table's keys are, in one comparable form. */
interface Shape {
  readonly TableName: string;
  readonly KeySchema: unknown;
  readonly AttributeDefinitions: readonly { AttributeName: string }[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
  readonly Projection: unknown;
}

const pickIndex = ({ IndexName, KeySchema, Projection }: Index): Index => ({
  IndexName,
  KeySchema,
  Projection,
});

const byName = <T extends { AttributeName: string }>(definitions: readonly T[]): T[] =>
  definitions.toSorted((one, other) => one.AttributeName.localeCompare(other.AttributeName));

const wantedShape = (resource: Resource): Shape => {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = resource.properties;
  return {
    TableName: resource.ref,
    KeySchema,
    AttributeDefinitions,
    ...(GlobalSecondaryIndexes.length > 0
      ? { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(pickIndex) }
      : {}),
  };
};

const create = (resource: Resource): object => ({
  ...wantedShape(resource),
  BillingMode: 'PAY_PER_REQUEST',
  ...(resource.properties.StreamSpecification
    ? {
        StreamSpecification: {
          StreamEnabled: true,
          StreamViewType: resource.properties.StreamSpecification.StreamViewType,
        },
      }
    : {}),
  DeletionProtectionEnabled:
    resource.properties.Replicas?.[0]?.DeletionProtectionEnabled ??
    resource.properties.DeletionProtectionEnabled ??
    false,
});

const describe = async (engine: EngineClient, name: string): Promise<Shape | undefined> => {
  const { status, body } = await engine.call('DynamoDB_20120810.DescribeTable', { TableName: name });
  if (status === 200) return (body as { Table: Shape }).Table;
  if (JSON.stringify(body).includes('ResourceNotFoundException')) return undefined;
  throw new Error(`The DynamoDB engine could not describe ${name}: ${JSON.stringify(body)}`);
};

const indexNames = (shape: Shape): Set<string> =>
  new Set(shape.GlobalSecondaryIndexes?.map((index) => JSON.stringify([index.IndexName, index.KeySchema])));

const sameKeys = (one: Shape, other: Shape): boolean =>
  JSON.stringify(one.KeySchema) === JSON.stringify(other.KeySchema);

const addIndex = async (engine: EngineClient, wanted: Shape, index: Index): Promise<void> => {
  const { status, body } = await engine.call('DynamoDB_20120810.UpdateTable', {
    TableName: wanted.TableName,
    AttributeDefinitions: byName(wanted.AttributeDefinitions),
    GlobalSecondaryIndexUpdates: [{ Create: index }],
  });
  if (status !== 200)
    throw new Error(
      `The index ${index.IndexName} could not be added to ${wanted.TableName}: ${JSON.stringify(body)}`,
    );
};

const update = async (engine: EngineClient, wanted: Shape, existing: Shape): Promise<void> => {
  if (!sameKeys(wanted, existing))
    throw new Error(
      `The table ${wanted.TableName} exists with another key. A key cannot change: start with --fresh, or rename the entity.`,
    );
  const known = indexNames(existing);
  const missing = (wanted.GlobalSecondaryIndexes ?? []).filter(
    (index) => !known.has(JSON.stringify([index.IndexName, index.KeySchema])),
  );
  for (const index of missing) await addIndex(engine, wanted, index);
};

const deployTable = async (engine: EngineClient, resource: Resource): Promise<void> => {
  const existing = await describe(engine, resource.ref);
  if (existing) return update(engine, wantedShape(resource), existing);
  const { status, body } = await engine.call('DynamoDB_20120810.CreateTable', create(resource));
  if (status !== 200) throw new Error(`The table ${resource.ref} could not be made: ${JSON.stringify(body)}`);
};

/** Makes every table of the template that is not there yet, and the indexes that were added to it. */
export const deployTables = async (engine: EngineClient, cloud: Cloud): Promise<void> => {
  const tables = [
    ...cloud.resources('AWS::DynamoDB::GlobalTable'),
    ...cloud.resources('AWS::DynamoDB::Table'),
  ];
  for (const table of tables) await deployTable(engine, table);
};
