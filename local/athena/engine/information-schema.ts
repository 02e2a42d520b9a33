import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog, GlueTable } from '../../glue/catalog.ts';
import type { Found, TableUse } from '../analyze/scope.ts';
import { isCurrentColumn, isIceberg } from '../iceberg/table.ts';
import { parseTypeText } from '../sql/parse-type.ts';
import { BIGINT, duckType, quoteName, quoteText, typeName, VARCHAR, type Type } from '../sql/types.ts';
import { mayHold } from './file-bound.ts';
import type { OpenedTable } from './opened-table.ts';

export const INFORMATION_SCHEMA = 'information_schema';

const CATALOG = 'awsdatacatalog';

/** The tables of `information_schema` and their columns (https://docs.aws.amazon.com/athena/latest/ug/querying-glue-catalog.html). */
const TABLES: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  schemata: { catalog_name: VARCHAR, schema_name: VARCHAR },
  tables: { table_catalog: VARCHAR, table_schema: VARCHAR, table_name: VARCHAR, table_type: VARCHAR },
  views: { table_catalog: VARCHAR, table_schema: VARCHAR, table_name: VARCHAR, view_definition: VARCHAR },
  columns: {
    table_catalog: VARCHAR,
    table_schema: VARCHAR,
    table_name: VARCHAR,
    column_name: VARCHAR,
    ordinal_position: BIGINT,
    column_default: VARCHAR,
    is_nullable: VARCHAR,
    data_type: VARCHAR,
    comment: VARCHAR,
    extra_info: VARCHAR,
  },
};

/** One of its tables, as the catalogue would describe it; a literal compared with its schema's name spares the others. */
export const informationTable = (name: string): Found | undefined => {
  const columns = Object.entries(Object.hasOwn(TABLES, name) ? (TABLES[name] ?? {}) : {});
  if (columns.length === 0) return undefined;
  const described = columns.map(([column, type]) => ({
    name: column,
    type,
    partition: column === 'table_schema' || column === 'schema_name',
  }));
  return { kind: 'table', database: INFORMATION_SCHEMA, name, columns: described };
};

/** What whoever asks may see of the catalogue. */
export interface InformationPlace {
  readonly catalog: Catalog;
  /** Throws unless whoever asked may act on the database. */
  authorizeGlue(action: string, database?: string): void;
  /** The query of a view. */
  viewSql(table: GlueTable): string;
}

type Cell = string | number | undefined;

/** Makes the table a query reads `information_schema.<name>` by. */
export const openInformationTable = async (
  connection: DuckDBConnection,
  use: TableUse,
  place: InformationPlace,
): Promise<OpenedTable> => {
  const columns = Object.entries(TABLES[use.name] ?? {}).map(([name, type]) => ({ name, type }));
  const list = columns.map(({ name, type }) => `${quoteName(name)} ${duckType(type)}`).join(', ');
  await connection.run(`CREATE TEMP TABLE ${use.alias} (${list})`);
  const rows = rowsOf(use, place).map((row) => `(${row.map(literal).join(', ')})`);
  if (rows.length > 0) await connection.run(`INSERT INTO ${use.alias} VALUES ${rows.join(', ')}`);
  return { alias: use.alias, columns, bytes: () => 0 };
};

const literal = (cell: Cell) =>
  cell === undefined ? 'NULL' : typeof cell === 'number' ? String(cell) : quoteText(cell);

const rowsOf = (use: TableUse, place: InformationPlace): Cell[][] => {
  place.authorizeGlue('glue:GetDatabases');
  const names = [...place.catalog.getDatabases().map(({ Name }) => Name), INFORMATION_SCHEMA].toSorted();
  const wanted = names.filter((name) =>
    use.bounds.every((bound) => mayHold(bound, { table_schema: name, schema_name: name })),
  );
  if (use.name === 'schemata') return wanted.map((name) => [CATALOG, name]);
  return wanted.flatMap((schema) =>
    relationsOf(schema, place).flatMap((relation) => rowsFor(use.name, schema, relation)),
  );
};

interface Relation {
  readonly name: string;
  readonly view?: string;
  readonly columns: readonly Cell[][];
}

const relationsOf = (schema: string, place: InformationPlace): Relation[] => {
  if (schema === INFORMATION_SCHEMA) return Object.entries(TABLES).map(ownRelation);
  place.authorizeGlue('glue:GetTables', schema);
  return place.catalog.getTables(schema).map((table) => ({
    name: table.Name,
    columns: columnsOf(table),
    ...(table.TableType === 'VIRTUAL_VIEW' && { view: place.viewSql(table) }),
  }));
};

const ownRelation = ([name, columns]: [string, Readonly<Record<string, Type>>]): Relation => ({
  name,
  columns: Object.entries(columns).map(([column, type]) => [column, typeName(type)]),
});

/** Name, type, comment and extra information of each column. */
const columnsOf = (table: GlueTable): Cell[][] => [
  ...(table.StorageDescriptor?.Columns ?? [])
    .filter(isCurrentColumn)
    .map((column) => [
      column.Name.toLowerCase(),
      isIceberg(table) ? icebergTrinoType(column.Type) : trinoType(column.Type),
      column.Comment,
    ]),
  ...(table.PartitionKeys ?? []).map((key) => [
    key.Name.toLowerCase(),
    trinoType(key.Type),
    key.Comment,
    'partition key',
  ]),
];

const trinoType = (hive = 'string'): string => {
  try {
    return typeName(parseTypeText(hive));
  } catch {
    return hive;
  }
};

/** Its moments are microseconds. */
const icebergTrinoType = (hive?: string) => trinoType(hive?.replaceAll(/\btimestamp\b/g, 'timestamp(6)'));

const rowsFor = (table: string, schema: string, { name, view, columns }: Relation): Cell[][] => {
  if (table === 'tables') return [[CATALOG, schema, name, view === undefined ? 'BASE TABLE' : 'VIEW']];
  if (table === 'views') return view === undefined ? [] : [[CATALOG, schema, name, view]];
  return columns.map(([column, type, comment, extra], index) => [
    CATALOG,
    schema,
    name,
    column,
    index + 1,
    undefined,
    'YES',
    type,
    comment,
    extra,
  ]);
};
