import { analyzeQuery } from '../analyze/index.ts';
import type { TableInput } from '../../glue/catalog.ts';
import { asFolder } from '../engine/files.ts';
import { NULL_PARTITION } from '../engine/partition-name.ts';
import type { OutputColumn, Storage } from '../engine/write.ts';
import type { QualifiedName, Query } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { hiveTypeName } from '../sql/hive-type.ts';
import { parseQuery } from '../sql/parse-query.ts';
import { parseQualifiedName } from '../sql/parse-relation.ts';
import { openTables } from './open-tables.ts';
import { engineId, isEmpty, outputColumns, writeOutput, writtenOutcome, type OutputFile } from './output.ts';
import { parseProperties, type Properties } from './properties.ts';
import type { Outcome, Session, Statement } from './statement.ts';
import { refuseOthers, tableStorage } from './storage.ts';
import { target } from './view.ts';

const KNOWN = [
  'format',
  'external_location',
  'write_compression',
  'parquet_compression',
  'compression_level',
  'partitioned_by',
  'table_type',
  'is_external',
];
const REFUSED = [
  'bucketed_by',
  'bucket_count',
  'field_delimiter',
  'orc_compression',
  'location',
  'partitioning',
];

interface Definition {
  readonly name: QualifiedName;
  readonly storage: Storage;
  readonly externalLocation: string | undefined;
  readonly query: Query;
  readonly withData: boolean;
}

/**
 * `CREATE TABLE name [WITH (property = value, …)] AS query [WITH [NO] DATA]` for Hive tables
 * (https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html).
 */
export const parseCreateTableAs = (cursor: Cursor): Statement | undefined => {
  if (!isCreateTableAs(cursor)) return undefined;
  cursor.noBackticks();
  cursor.expect('CREATE', 'TABLE');
  if (cursor.at('IF', 'NOT', 'EXISTS')) throw notTranslated('CREATE TABLE IF NOT EXISTS … AS', cursor.peek());
  const name = parseQualifiedName(cursor);
  const properties = parseProperties(cursor);
  cursor.expect('AS');
  const query = parseQuery(cursor);
  const withData = !cursor.accept('WITH', 'NO', 'DATA');
  if (withData) cursor.accept('WITH', 'DATA');
  cursor.end();
  const storage = checked(properties);
  const externalLocation = properties.text('external_location');
  const definition = { name, storage, externalLocation, query, withData };
  return {
    type: 'DDL',
    kind: 'CREATE_TABLE_AS_SELECT',
    leaves: 'table',
    ...(externalLocation !== undefined && { externalLocation }),
    run: (session) => createTable(definition, session),
  };
};

/** Whether a query follows the name, and no list of columns. */
const isCreateTableAs = (cursor: Cursor): boolean => {
  if (!cursor.at('CREATE', 'TABLE')) return false;
  const words = Array.from({ length: 3 }, (_, index) => cursor.peek(index + 2).text);
  let ahead = words.join(' ') === 'IF NOT EXISTS' ? 5 : 2;
  while (cursor.peek(ahead + 1).text === '.') ahead += 2;
  return ['WITH', 'AS'].includes(cursor.peek(ahead + 1).text);
};

const checked = (properties: Properties): Storage => {
  const type = properties.text('table_type')?.toUpperCase() ?? 'HIVE';
  if (type === 'ICEBERG') throw notTranslated('CREATE TABLE AS with table_type ICEBERG');
  if (type !== 'HIVE')
    throw new SqlError('INVALID_TABLE_PROPERTY', `table_type ${type} is not HIVE or ICEBERG`);
  if (properties.boolean('is_external') === false)
    throw new SqlError('INVALID_TABLE_PROPERTY', 'is_external must be true for HIVE tables');
  refuseOthers(properties, KNOWN, REFUSED);
  return tableStorage(properties);
};

const createTable = async (definition: Definition, session: Session): Promise<Outcome> => {
  const { database, name } = target(definition.name, session);
  const { storage } = definition;
  session.authorizeGlue('glue:GetTable', database, name);
  session.authorizeGlue('glue:CreateTable', database, name);
  if (storage.partitionedBy.length > 0) session.authorizeGlue('glue:BatchCreatePartition', database, name);
  const refuseExisting = () => refuseTaken(definition.name, database, name, session);
  refuseExisting();
  const query = analyzeQuery(definition.query, session);
  const columns = outputColumns(query, storage, definition.name.at);
  const location = asFolder(definition.externalLocation ?? session.outputLocation);
  session.authorizeWrite(location);
  if (!isEmpty(location, session)) throw taken(`${database}.${name}`, location, session);
  if (definition.withData) await openTables(query, session);
  const files = definition.withData ? await writeOutput(query, columns, storage, location, session) : [];
  refuseExisting();
  session.catalog.putTable(
    database,
    describe(name, columns, storage, location, session),
    partitionsOf(files, storage, session),
  );
  return writtenOutcome(
    files,
    files.reduce((sum, { rows }) => sum + rows, 0),
  );
};

const refuseTaken = ({ at }: QualifiedName, database: string, name: string, { catalog }: Session) => {
  if (!catalog.getTable(database, name)) return;
  throw new SqlError(
    'TABLE_ALREADY_EXISTS',
    `Destination table 'awsdatacatalog.${database}.${name}' already exists`,
    at,
  );
};

const taken = (table: string, location: string, session: Session) =>
  new SqlError(
    'HIVE_PATH_ALREADY_EXISTS',
    `Target directory for table '${table}' already exists: ${location}. You may need to manually clean the data at location '${session.outputLocation}' before retrying. Athena will not delete data in your account.`,
  );

const glueColumn = ({ name, type }: OutputColumn) => ({ Name: name, Type: hiveTypeName(type) });

const HIVE = 'org.apache.hadoop.hive.ql.io.parquet';

/** The table as Athena leaves it in the catalogue. */
const describe = (
  name: string,
  columns: readonly OutputColumn[],
  { compression, partitionedBy }: Storage,
  location: string,
  session: Session,
): TableInput => {
  const isKey = (column: OutputColumn) => partitionedBy.includes(column.name);
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      has_encrypted_data: 'false',
      'parquet.compress': compression,
      presto_query_id: engineId(session),
    },
    PartitionKeys: columns.filter(isKey).map(glueColumn),
    StorageDescriptor: {
      Columns: columns.filter((column) => !isKey(column)).map(glueColumn),
      Location: location,
      InputFormat: `${HIVE}.MapredParquetInputFormat`,
      OutputFormat: `${HIVE}.MapredParquetOutputFormat`,
      SerdeInfo: { Name: name, SerializationLibrary: `${HIVE}.serde.ParquetHiveSerDe`, Parameters: {} },
    },
  };
};

/** A NULL and an empty text lie in one partition. */
const partitionsOf = (files: readonly OutputFile[], { partitionedBy }: Storage, { now }: Session) => {
  if (partitionedBy.length === 0) return [];
  const byFolder = new Map(files.map(({ folder, values }) => [folder, values]));
  return [...byFolder].map(([Location, values]) => ({
    Values: partitionedBy.map((key) => values[key] || NULL_PARTITION),
    Location,
    CreationTime: Math.floor(now.getTime() / 1000),
  }));
};
