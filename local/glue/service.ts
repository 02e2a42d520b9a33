import * as z from 'zod';
import { jsonProtocol, type Operation } from '../gateway/json.ts';
import { AwsError, type Call, type Cloud, type Service } from '../service.ts';
import { tableInput, type Catalog, type GluePartition, type GlueTable, type TableInput } from './catalog.ts';

const page = { NextToken: z.string().optional(), MaxResults: z.number().int().min(1).max(100).default(100) };
const common = { CatalogId: z.string().optional() };
const databaseInput = z.looseObject({ ...common, Name: z.string() });
const databasesInput = z.looseObject({ ...common, ...page });
const tableName = z.looseObject({ ...common, DatabaseName: z.string(), Name: z.string() });
const tablesInput = z.looseObject({
  ...common,
  ...page,
  DatabaseName: z.string(),
  Expression: z.string().optional(),
});
const versionInput = z.looseObject({
  ...common,
  DatabaseName: z.string(),
  TableName: z.string(),
  VersionId: z.string().optional(),
});
const partitionsInput = z.looseObject({
  ...common,
  DatabaseName: z.string(),
  TableName: z.string(),
  Expression: z.string().optional(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).default(1000),
});
const putInput = z.looseObject({
  ...common,
  DatabaseName: z.string(),
  TableInput: tableInput,
  VersionId: z.string().optional(),
});

const read = <T extends z.ZodType>(shape: T, input: unknown): z.output<T> => {
  const parsed = shape.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError('InvalidInputException', `${issue?.path.join('.')}: ${issue?.message}`);
};

const paged = <T>(
  items: readonly T[],
  { NextToken, MaxResults }: { NextToken?: string | undefined; MaxResults: number },
) => {
  const start = Number(NextToken ?? 0);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidInputException', 'NextToken is invalid');
  const end = start + MaxResults;
  return { items: items.slice(start, end), ...(end < items.length && { NextToken: String(end) }) };
};

const notFound = (what: string) => new AwsError('EntityNotFoundException', what);

/**
 * Serves the Glue Data Catalog's API over the catalogue: reads, and CreateTable, UpdateTable and DeleteTable for
 * tables no stack owns.
 *
 * @example
 * const glue = startGlue(cloud, openCatalog(cloud));
 */
export const startGlue = (cloud: Cloud, catalog: Catalog): Service => ({
  name: 'glue',
  handle: jsonProtocol({
    ...databaseOperations(cloud, catalog),
    ...readOperations(cloud, catalog),
    ...writeOperations(cloud, catalog),
  }),
  close: () => Promise.resolve(),
});

/** Glue asks for the right on the catalogue and the database as well as on the table. */
const authorize = (
  { region, account }: Cloud,
  call: Call,
  action: string,
  database?: string,
  table?: string,
) => {
  const base = `arn:aws:glue:${region}:${account}`;
  call.authorize(action, `${base}:catalog`);
  if (database !== undefined) call.authorize(action, `${base}:database/${database}`);
  if (table !== undefined) call.authorize(action, `${base}:table/${database}/${table}`);
};

const databaseOperations = (cloud: Cloud, catalog: Catalog): Record<string, Operation> => ({
  GetDatabases: (input, call) => {
    const options = read(databasesInput, input);
    authorize(cloud, call, 'glue:GetDatabases');
    const { items, ...rest } = paged(catalog.getDatabases(), options);
    return { DatabaseList: items, ...rest };
  },
  GetDatabase: (input, call) => {
    const { Name } = read(databaseInput, input);
    authorize(cloud, call, 'glue:GetDatabase', Name);
    return { Database: databaseOf(catalog, Name) };
  },
});

const databaseOf = (catalog: Catalog, name: string) => {
  const found = catalog.getDatabases().find((database) => database.Name === name.toLowerCase());
  if (found) return found;
  throw notFound(`Database ${name} not found.`);
};

const tableOf = (catalog: Catalog, database: string, name: string): GlueTable => {
  databaseOf(catalog, database);
  const found = catalog.getTable(database, name);
  if (found) return found;
  throw notFound(`Entity Not Found (Table ${name} not found.)`);
};

const describePartition = ({ Values, Location, CreationTime }: GluePartition, table: GlueTable) => ({
  Values,
  DatabaseName: table.DatabaseName,
  TableName: table.Name,
  CreationTime,
  StorageDescriptor: { ...table.StorageDescriptor, Location },
  CatalogId: table.CatalogId,
});

const version = (table: GlueTable) => ({ Table: table, VersionId: table.VersionId });

const readOperations = (cloud: Cloud, catalog: Catalog): Record<string, Operation> => ({
  GetTable: (input, call) => {
    const { DatabaseName, Name } = read(tableName, input);
    authorize(cloud, call, 'glue:GetTable', DatabaseName, Name);
    return { Table: tableOf(catalog, DatabaseName, Name) };
  },
  GetTables: (input, call) => {
    const options = read(tablesInput, input);
    authorize(cloud, call, 'glue:GetTables', options.DatabaseName);
    databaseOf(catalog, options.DatabaseName);
    const pattern = new RegExp(`^(?:${options.Expression ?? '.*'})$`, 'i');
    const { items, ...rest } = paged(
      catalog.getTables(options.DatabaseName).filter((table) => pattern.test(table.Name)),
      options,
    );
    return { TableList: items, ...rest };
  },
  GetPartitions: (input, call) => {
    const { DatabaseName, TableName, Expression = '', ...options } = read(partitionsInput, input);
    authorize(cloud, call, 'glue:GetPartitions', DatabaseName, TableName);
    const table = tableOf(catalog, DatabaseName, TableName);
    if (Expression !== '')
      throw new AwsError('InvalidInputException', 'The local cloud does not filter partitions by Expression');
    const { items, ...rest } = paged(catalog.getPartitions(DatabaseName, TableName), options);
    return { Partitions: items.map((partition) => describePartition(partition, table)), ...rest };
  },
  GetTableVersion: (input, call) => {
    const { DatabaseName, TableName, VersionId } = read(versionInput, input);
    authorize(cloud, call, 'glue:GetTableVersion', DatabaseName, TableName);
    const table = tableOf(catalog, DatabaseName, TableName);
    if (VersionId !== undefined && VersionId !== table.VersionId)
      throw notFound(`Version not found: ${VersionId}`);
    return { TableVersion: version(table) };
  },
  GetTableVersions: (input, call) => {
    const { DatabaseName, TableName } = read(versionInput, input);
    authorize(cloud, call, 'glue:GetTableVersions', DatabaseName, TableName);
    return { TableVersions: [version(tableOf(catalog, DatabaseName, TableName))] };
  },
});

const writeOperations = (cloud: Cloud, catalog: Catalog): Record<string, Operation> => ({
  CreateTable: (input, call) => {
    const { DatabaseName, TableInput } = read(putInput, input);
    authorize(cloud, call, 'glue:CreateTable', DatabaseName, TableInput.Name);
    databaseOf(catalog, DatabaseName);
    if (catalog.getTable(DatabaseName, TableInput.Name))
      throw new AwsError('AlreadyExistsException', 'Table already exists.');
    return put(catalog, DatabaseName, TableInput);
  },
  UpdateTable: (input, call) => {
    const { DatabaseName, TableInput, VersionId } = read(putInput, input);
    authorize(cloud, call, 'glue:UpdateTable', DatabaseName, TableInput.Name);
    const known = tableOf(catalog, DatabaseName, TableInput.Name);
    if (VersionId !== undefined && VersionId !== known.VersionId)
      throw new AwsError(
        'ConcurrentModificationException',
        'Update table failed due to concurrent modifications.',
      );
    refuseDeployed(catalog, DatabaseName, TableInput.Name);
    return put(catalog, DatabaseName, TableInput);
  },
  DeleteTable: (input, call) => {
    const { DatabaseName, Name } = read(tableName, input);
    authorize(cloud, call, 'glue:DeleteTable', DatabaseName, Name);
    tableOf(catalog, DatabaseName, Name);
    refuseDeployed(catalog, DatabaseName, Name);
    catalog.deleteTable(DatabaseName, Name);
    return {};
  },
});

const put = (catalog: Catalog, database: string, input: TableInput) => {
  catalog.putTable(database, input);
  return {};
};

const refuseDeployed = (catalog: Catalog, database: string, name: string) => {
  if (!catalog.isDeployed(database, name)) return;
  throw new AwsError(
    'OperationNotSupportedException',
    `The local cloud does not change table ${name}: a deployed stack owns it. Change the stack instead.`,
  );
};
