import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  GetTableVersionCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../../local/glue/catalog.ts';
import { cloudOf, openLake, parquetTable, REGION, shop, type Lake } from '../athena/lake.ts';

const orders = parquetTable('orders', { id: 'string' }, { keys: { dt: 'string' } });
const resources = [orders, parquetTable('products', { id: 'string' })];

let lake: Lake;
let glue: GlueClient;

beforeAll(async () => {
  lake = await openLake(resources);
  glue = new GlueClient({
    endpoint: lake.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  glue.destroy();
  await lake.destroy();
});

describe('the catalogue', () => {
  test('has the databases and tables of the deployed stacks', async () => {
    const databases = await glue.send(new GetDatabasesCommand({}));
    const database = await glue.send(new GetDatabaseCommand({ Name: 'shop' }));
    const tables = await glue.send(new GetTablesCommand({ DatabaseName: 'shop', Expression: 'or.*' }));
    const table = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'ORDERS' }));

    expect(databases.DatabaseList?.map(({ Name }) => Name)).toEqual(['default', 'shop']);
    expect(database.Database?.Name).toBe('shop');
    expect(tables.TableList?.map(({ Name }) => Name)).toEqual(['orders']);
    expect(table.Table).toMatchObject({
      Name: 'orders',
      DatabaseName: 'shop',
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
      StorageDescriptor: { Location: 's3://lake/orders/', Columns: [{ Name: 'id', Type: 'string' }] },
    });
  });

  test('gives pages', async () => {
    const first = await glue.send(new GetTablesCommand({ DatabaseName: 'shop', MaxResults: 1 }));
    const second = await glue.send(
      new GetTablesCommand({ DatabaseName: 'shop', MaxResults: 1, NextToken: first.NextToken }),
    );

    expect(first.TableList?.map(({ Name }) => Name)).toEqual(['orders']);
    expect(second.TableList?.map(({ Name }) => Name)).toEqual(['products']);
    expect(second.NextToken).toBeUndefined();
  });

  test('has one version of a deployed table and no registered partitions', async () => {
    const version = await glue.send(
      new GetTableVersionCommand({ DatabaseName: 'shop', TableName: 'orders' }),
    );
    const partitions = await glue.send(
      new GetPartitionsCommand({ DatabaseName: 'shop', TableName: 'orders' }),
    );

    expect(version.TableVersion).toMatchObject({ VersionId: '0', Table: { Name: 'orders' } });
    expect(partitions.Partitions).toEqual([]);
  });

  test('says EntityNotFoundException of what it has not', async () => {
    const missing = expect.objectContaining({ name: 'EntityNotFoundException' });

    await expect(glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'x' }))).rejects.toEqual(
      missing,
    );
    await expect(glue.send(new GetTableCommand({ DatabaseName: 'x', Name: 'orders' }))).rejects.toEqual(
      missing,
    );
    await expect(glue.send(new GetDatabaseCommand({ Name: 'x' }))).rejects.toEqual(missing);
  });

  test('asks for the right on catalogue, database and table', async () => {
    lake.asked.length = 0;
    await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'orders' }));

    expect(lake.asked).toEqual([
      'glue:GetTable arn:aws:glue:eu-central-1:123456789012:catalog',
      'glue:GetTable arn:aws:glue:eu-central-1:123456789012:database/shop',
      'glue:GetTable arn:aws:glue:eu-central-1:123456789012:table/shop/orders',
    ]);
  });

  test('takes, changes and gives up tables no stack owns', async () => {
    const TableInput = { Name: 'extra', StorageDescriptor: { Columns: [{ Name: 'a', Type: 'int' }] } };
    await glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput }));
    await expect(
      glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput })),
    ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await glue.send(
      new UpdateTableCommand({ DatabaseName: 'shop', TableInput: { ...TableInput, Description: 'new' } }),
    );

    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'extra' }));
    await glue.send(new DeleteTableCommand({ DatabaseName: 'shop', Name: 'extra' }));

    expect(Table).toMatchObject({ Description: 'new', VersionId: '1' });
    await expect(
      glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'extra' })),
    ).rejects.toMatchObject({ name: 'EntityNotFoundException' });
    await expect(glue.send(new DeleteTableCommand({ DatabaseName: 'shop', Name: 'orders' }))).rejects.toThrow(
      'a deployed stack owns it',
    );
  });
});

describe('what was made at run time', () => {
  test('is there for whoever opens the catalogue next, though nobody closed it', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'glue-'));
    const cloud = cloudOf(dataDir, [shop, ...resources]);
    const killed = openCatalog(cloud);
    killed.putTable('shop', { Name: 'Kept' });
    killed.putTable('shop', { Name: 'dropped' });
    killed.deleteTable('shop', 'dropped');

    const next = openCatalog(cloud);
    const names = next.getTables('shop').map(({ Name }) => Name);
    rmSync(dataDir, { recursive: true });

    expect(names).toEqual(['kept', 'orders', 'products']);
  });

  test('that is damaged is named, with what to do', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'glue-'));
    const cloud = cloudOf(dataDir, [shop]);
    openCatalog(cloud).putTable('shop', { Name: 'kept' });
    writeFileSync(join(dataDir, 'glue', 'tables.json'), '[{');

    expect(() => openCatalog(cloud)).toThrow(/tables\.json is not a catalogue: .* Restore or delete it\./);
    rmSync(dataDir, { recursive: true });
  });
});
