import * as z from 'zod';
import type { Catalog, GlueTable } from '../glue/catalog.ts';
import type { Operation } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud } from '../service.ts';
import { paged, readInput } from './input.ts';
import { glueArns } from './session.ts';
import { describeWorkGroup, ENGINE, workGroupArn, workGroupOf, type WorkGroup } from './workgroups.ts';

export interface MetadataParts {
  readonly cloud: Cloud;
  readonly catalog: Catalog;
  readonly workGroups: ReadonlyMap<string, WorkGroup>;
}

const page = { NextToken: z.string().optional(), MaxResults: z.number().int().min(1).max(50).default(50) };
const catalogName = { CatalogName: z.string(), WorkGroup: z.string().optional() };
const listDatabases = z.object({ ...catalogName, ...page });
const oneDatabase = z.object({ ...catalogName, DatabaseName: z.string() });
const listTables = z.object({
  ...catalogName,
  ...page,
  DatabaseName: z.string(),
  Expression: z.string().optional(),
});
const oneTable = z.object({ ...catalogName, DatabaseName: z.string(), TableName: z.string() });
const oneGroup = z.object({ WorkGroup: z.string() });
const listed = z.object(page);

const metadataError = (message: string) => new AwsError('MetadataException', message);

const glue = ({ cloud }: MetadataParts, call: Call, action: string, database?: string, table?: string) => {
  for (const arn of glueArns(cloud, database, table)) call.authorize(action, arn);
};

const checkCatalog = (name: string) => {
  if (name.toLowerCase() !== 'awsdatacatalog') throw metadataError(`Data catalog ${name} was not found`);
};

/** The operations on catalogues, tables and workgroups. */
export const metadataOperations = (parts: MetadataParts): Record<string, Operation> => ({
  ...catalogOperations(parts),
  ...workGroupOperations(parts),
});

const catalogOperations = (parts: MetadataParts): Record<string, Operation> => ({
  ListDataCatalogs: (input, call) => {
    readInput(listed, input);
    call.authorize('athena:ListDataCatalogs', '*');
    return { DataCatalogsSummary: [{ CatalogName: 'AwsDataCatalog', Type: 'GLUE' }] };
  },
  ListDatabases: (input, call) => {
    const { CatalogName, NextToken, MaxResults } = readInput(listDatabases, input);
    checkCatalog(CatalogName);
    glue(parts, call, 'glue:GetDatabases');
    const { page: some, ...rest } = paged(parts.catalog.getDatabases(), NextToken, MaxResults);
    return { DatabaseList: some.map(({ Name, Description }) => ({ Name, Description })), ...rest };
  },
  GetDatabase: (input, call) => {
    const { CatalogName, DatabaseName } = readInput(oneDatabase, input);
    checkCatalog(CatalogName);
    glue(parts, call, 'glue:GetDatabase', DatabaseName);
    const { Name, Description } = database(parts.catalog, DatabaseName);
    return { Database: { Name, Description } };
  },
  ListTableMetadata: (input, call) => {
    const { CatalogName, DatabaseName, Expression, NextToken, MaxResults } = readInput(listTables, input);
    checkCatalog(CatalogName);
    glue(parts, call, 'glue:GetTables', DatabaseName);
    database(parts.catalog, DatabaseName);
    const pattern = new RegExp(`^(?:${Expression ?? '.*'})$`, 'i');
    const tables = parts.catalog.getTables(DatabaseName).filter((table) => pattern.test(table.Name));
    const { page: some, ...rest } = paged(tables, NextToken, MaxResults);
    return { TableMetadataList: some.map(tableMetadata), ...rest };
  },
  GetTableMetadata: (input, call) => {
    const { CatalogName, DatabaseName, TableName } = readInput(oneTable, input);
    checkCatalog(CatalogName);
    glue(parts, call, 'glue:GetTable', DatabaseName, TableName);
    const table = parts.catalog.getTable(DatabaseName, TableName);
    if (!table)
      throw metadataError(`EntityNotFoundException: Entity Not Found (Table ${TableName} not found.)`);
    return { TableMetadata: tableMetadata(table) };
  },
});

const database = (catalog: Catalog, name: string) => {
  const found = catalog.getDatabases().find((one) => one.Name === name.toLowerCase());
  if (found) return found;
  throw metadataError(`EntityNotFoundException: Database ${name} not found.`);
};

const tableMetadata = (table: GlueTable) => ({
  Name: table.Name,
  CreateTime: table.CreateTime,
  TableType: table.TableType ?? 'EXTERNAL_TABLE',
  Columns: table.StorageDescriptor?.Columns ?? [],
  PartitionKeys: table.PartitionKeys ?? [],
  Parameters: { ...table.Parameters, ...storageParameters(table.StorageDescriptor) },
});

/** What Athena's table metadata has among the parameters and Glue has apart. */
const storageParameters = (storage: GlueTable['StorageDescriptor']): Record<string, string> => {
  const { Location, InputFormat, OutputFormat, SerdeInfo } = storage ?? {};
  return {
    ...(Location !== undefined && { location: Location }),
    ...(InputFormat !== undefined && { inputformat: InputFormat }),
    ...(OutputFormat !== undefined && { outputformat: OutputFormat }),
    ...(SerdeInfo?.SerializationLibrary !== undefined && {
      'serde.serialization.lib': SerdeInfo.SerializationLibrary,
    }),
    ...Object.fromEntries(
      Object.entries(SerdeInfo?.Parameters ?? {}).map(([key, value]) => [`serde.param.${key}`, value]),
    ),
  };
};

const summary = ({ name, description, enabled }: WorkGroup) => ({
  Name: name,
  State: enabled ? 'ENABLED' : 'DISABLED',
  Description: description,
  EngineVersion: ENGINE,
});

const workGroupOperations = ({ cloud, workGroups }: MetadataParts): Record<string, Operation> => ({
  GetWorkGroup: (input, call) => {
    const { WorkGroup } = readInput(oneGroup, input);
    call.authorize('athena:GetWorkGroup', workGroupArn(cloud, WorkGroup));
    return { WorkGroup: describeWorkGroup(workGroupOf(workGroups, WorkGroup)) };
  },
  ListWorkGroups: (input, call) => {
    const { NextToken, MaxResults } = readInput(listed, input);
    call.authorize('athena:ListWorkGroups', '*');
    const { page: some, ...rest } = paged([...workGroups.values()], NextToken, MaxResults);
    return { WorkGroups: some.map(summary), ...rest };
  },
});
