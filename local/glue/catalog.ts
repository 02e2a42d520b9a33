import { mkdirSync, readFileSync, renameSync, writeFileSync, openSync, fsyncSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Cloud } from '../service.ts';

const column = z.looseObject({
  Name: z.string(),
  Type: z.string().optional(),
  Comment: z.string().optional(),
  Parameters: z.record(z.string(), z.coerce.string()).optional(),
});

/** Glue's TableInput, as templates and the API give it. */
export const tableInput = z.looseObject({
  Name: z.string().min(1).max(255),
  Description: z.string().optional(),
  TableType: z.string().optional(),
  Parameters: z.record(z.string(), z.coerce.string()).optional(),
  PartitionKeys: z.array(column).optional(),
  StorageDescriptor: z
    .looseObject({
      Columns: z.array(column).optional(),
      Location: z.string().optional(),
      InputFormat: z.string().optional(),
      OutputFormat: z.string().optional(),
      SerdeInfo: z
        .looseObject({
          SerializationLibrary: z.string().optional(),
          Parameters: z.record(z.string(), z.coerce.string()).optional(),
        })
        .optional(),
    })
    .optional(),
  ViewOriginalText: z.string().optional(),
  ViewExpandedText: z.string().optional(),
});

export type TableInput = z.infer<typeof tableInput>;

/** A table as GetTable gives it. Times are seconds since 1970. */
export interface GlueTable extends TableInput {
  readonly DatabaseName: string;
  readonly CreateTime: number;
  readonly UpdateTime: number;
  readonly VersionId: string;
  readonly CatalogId: string;
}

export interface GlueDatabase {
  readonly Name: string;
  readonly Description?: string;
  readonly LocationUri?: string;
  readonly CreateTime: number;
  readonly CatalogId: string;
}

/** A partition of a table that is not projected. */
export interface GluePartition {
  /** One text a partition key; `__HIVE_DEFAULT_PARTITION__` for NULL. */
  readonly Values: readonly string[];
  readonly Location: string;
  /** Seconds since 1970. */
  readonly CreationTime: number;
}

/** The tables and views of the deployed stacks and those made since. */
export interface Catalog {
  getDatabases(): readonly GlueDatabase[];
  getTables(database: string): readonly GlueTable[];
  getTable(database: string, name: string): GlueTable | undefined;
  /** The partitions a table was made with; projected ones are not registered. */
  getPartitions(database: string, name: string): readonly GluePartition[];
  /** Makes or replaces a table; it is on disk when this returns. Not for a table of the template. */
  putTable(database: string, table: TableInput, partitions?: readonly GluePartition[]): GlueTable;
  /** Makes a table and says whether there was none; it is on disk when this returns. */
  createTable(database: string, table: TableInput): boolean;
  /**
   * Replaces exactly this table, as `getTable` gave it, and says whether it was still there unchanged: who changes what
   * it has read does not undo what another changed meanwhile. It is on disk when this returns.
   */
  replaceTable(known: GlueTable, table: TableInput): boolean;
  /** Whether there was such a table made at run time. */
  deleteTable(database: string, name: string): boolean;
  /** Whether CloudFormation owns the table. */
  isDeployed(database: string, name: string): boolean;
  close(): void;
}

const partition = z.object({ Values: z.array(z.string()), Location: z.string(), CreationTime: z.number() });

const stored = z.array(
  z.looseObject({
    ...tableInput.shape,
    DatabaseName: z.string(),
    CreateTime: z.number(),
    partitions: z.array(partition).optional(),
  }),
);

/** What DDL made: a table and the partitions registered for it. */
interface Made {
  readonly table: GlueTable;
  readonly partitions: readonly GluePartition[];
}

/**
 * Opens the catalogue: `AWS::Glue::Database` and `AWS::Glue::Table` of the template, and what DDL made, kept in
 * `<dataDir>/glue/tables.json`. Names are in lower case, as Glue stores them.
 *
 * @example
 * const catalog = openCatalog(cloud);
 * catalog.getTable('lake', 'orders_changes')?.StorageDescriptor?.Location;
 */
export const openCatalog = (cloud: Cloud): Catalog => {
  const file = join(cloud.dataDir, 'glue', 'tables.json');
  const started = Math.floor(Date.now() / 1000);
  const databases = readDatabases(cloud, started);
  const deployed = readTables(cloud, started);
  const made = new Map(load(file).map((one) => [id(one.table.DatabaseName, one.table.Name), one]));
  const find = (key: string) => made.get(key)?.table ?? deployed.get(key);
  const put = (database: string, input: TableInput, partitions?: readonly GluePartition[]): GlueTable => {
    const key = id(database, input.Name);
    const table = asTable(database, input, cloud.account, Math.floor(Date.now() / 1000), find(key));
    made.set(key, { table, partitions: partitions ?? made.get(key)?.partitions ?? [] });
    save(file, [...made.values()]);
    return table;
  };
  return {
    getDatabases: () => [...databases.values()],
    getTables: (database) =>
      byName(
        [...new Set([...deployed.keys(), ...made.keys()])]
          .flatMap((key) => find(key) ?? [])
          .filter((table) => table.DatabaseName === database.toLowerCase()),
      ),
    getTable: (database, name) => find(id(database, name)),
    getPartitions: (database, name) => made.get(id(database, name))?.partitions ?? [],
    putTable: put,
    createTable(database, input) {
      if (find(id(database, input.Name))) return false;
      put(database, input);
      return true;
    },
    replaceTable(known, input) {
      if (find(id(known.DatabaseName, known.Name)) !== known) return false;
      put(known.DatabaseName, input);
      return true;
    },
    deleteTable(database, name) {
      const existed = made.delete(id(database, name));
      if (existed) save(file, [...made.values()]);
      return existed;
    },
    isDeployed: (database, name) => deployed.has(id(database, name)),
    close: () => undefined,
  };
};

const id = (database: string, name: string) => `${database.toLowerCase()}.${name.toLowerCase()}`;

const byName = (tables: GlueTable[]) => tables.toSorted((a, b) => (a.Name < b.Name ? -1 : 1));

const readDatabases = (cloud: Cloud, now: number): Map<string, GlueDatabase> => {
  const databases = cloud.resources('AWS::Glue::Database').map(({ properties, ref }): GlueDatabase => {
    const input = (properties.DatabaseInput ?? {}) as {
      Name?: string;
      Description?: string;
      LocationUri?: string;
    };
    const { Name = ref, Description, LocationUri } = input;
    return {
      Name: Name.toLowerCase(),
      ...(Description !== undefined && { Description }),
      ...(LocationUri !== undefined && { LocationUri }),
      CreateTime: now,
      CatalogId: cloud.account,
    };
  });
  const all: GlueDatabase[] = [{ Name: 'default', CreateTime: now, CatalogId: cloud.account }, ...databases];
  return new Map(
    all.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)).map((database) => [database.Name, database]),
  );
};

const readTables = (cloud: Cloud, now: number): Map<string, GlueTable> =>
  new Map(
    cloud.resources('AWS::Glue::Table').map((resource) => {
      const { DatabaseName, TableInput: raw } = resource.properties as {
        DatabaseName: string;
        TableInput: object;
      };
      const input = tableInput.parse({ Name: resource.ref, ...raw });
      return [id(DatabaseName, input.Name), asTable(DatabaseName, input, cloud.account, now)];
    }),
  );

const asTable = (
  database: string,
  input: TableInput,
  account: string,
  now: number,
  old?: GlueTable,
): GlueTable => ({
  ...input,
  Name: input.Name.toLowerCase(),
  DatabaseName: database.toLowerCase(),
  CreateTime: old?.CreateTime ?? now,
  UpdateTime: now,
  VersionId: String(old ? Number(old.VersionId) + 1 : 0),
  CatalogId: account,
});

const load = (file: string): Made[] => {
  try {
    return stored
      .parse(JSON.parse(readFileSync(file, 'utf8')))
      .map(({ partitions = [], ...table }) => ({ table: table as unknown as GlueTable, partitions }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} is not a catalogue: ${(error as Error).message}. Restore or delete it.`, {
      cause: error,
    });
  }
};

/** Whole or not at all: written beside, synced, then renamed over. */
const save = (file: string, tables: readonly Made[]) => {
  mkdirSync(join(file, '..'), { recursive: true });
  const draft = `${file}.new`;
  const kept = tables.map(({ table, partitions }) =>
    partitions.length === 0 ? table : { ...table, partitions },
  );
  writeFileSync(draft, JSON.stringify(kept));
  const descriptor = openSync(draft, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(draft, file);
};
