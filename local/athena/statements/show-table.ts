import type { GlueTable } from '../../glue/catalog.ts';
import { NULL_PARTITION, partitionName } from '../engine/partition-name.ts';
import { textColumn } from '../engine/result.ts';
import type { Cursor } from '../sql/cursor.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { parseHiveName } from './hive-name.ts';
import { foundTable } from './show.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';

/** `SHOW CREATE TABLE`, `SHOW TBLPROPERTIES` and `SHOW PARTITIONS`. */
export const parseShowTable = (cursor: Cursor): Statement | undefined => {
  if (cursor.accept('SHOW', 'CREATE', 'TABLE')) return ofTable(cursor, 'SHOW_CREATE_TABLE', showCreateTable);
  if (cursor.accept('SHOW', 'PARTITIONS')) return ofTable(cursor, 'SHOW_PARTITIONS', showPartitions);
  return cursor.accept('SHOW', 'TBLPROPERTIES') ? parseProperties(cursor) : undefined;
};

const ofTable = (
  cursor: Cursor,
  kind: string,
  show: (table: GlueTable, session: Session) => Outcome,
): Statement => {
  const name = parseHiveName(cursor);
  cursor.end();
  return { type: 'UTILITY', kind, run: async (session) => show(foundTable(name, session), session) };
};

const parseProperties = (cursor: Cursor): Statement => {
  const name = parseHiveName(cursor);
  const wanted = cursor.at('(')
    ? cursor.parenthesized(() => {
        if (cursor.peek().kind !== 'string') throw cursor.mismatch('<string>');
        return cursor.take().value;
      })
    : undefined;
  cursor.end();
  const run = async (session: Session) => showProperties(foundTable(name, session), wanted);
  return { type: 'UTILITY', kind: 'SHOW_TBLPROPERTIES', run };
};

const showProperties = ({ Name, DatabaseName, Parameters = {} }: GlueTable, wanted: string | undefined) => {
  const columns = ['prpt_name', 'prpt_value'].map(textColumn);
  if (wanted === undefined)
    return lines(
      columns,
      sorted(Parameters).map(([key, value]) => `${key}\t${value}`),
    );
  const missing = `Table ${DatabaseName}.${Name} does not have property: ${wanted}`;
  return lines(columns, [Parameters[wanted] ?? missing]);
};

const sorted = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The registered partitions: those a projection makes are not among them, as on Athena. */
const showPartitions = (table: GlueTable, session: Session): Outcome => {
  const { DatabaseName: database, Name: name } = table;
  session.authorizeGlue('glue:GetPartitions', database, name);
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name.toLowerCase());
  if (keys.length === 0)
    throw new SqlError(
      '',
      `FAILED: SemanticException [Error 10241]: Table ${name} is not a partitioned table`,
    );
  const named = session.catalog.getPartitions(database, name).map(({ Values }) =>
    partitionName(
      keys,
      Values.map((value) => (value === NULL_PARTITION ? undefined : value)),
    ),
  );
  return lines([textColumn('partition')], named);
};

/** The statement that would make a Hive table, as Hive prints it. */
const showCreateTable = (table: GlueTable): Outcome => {
  if (table.TableType === 'VIRTUAL_VIEW' || table.Parameters?.table_type?.toUpperCase() === 'ICEBERG')
    throw notTranslated('SHOW CREATE TABLE of a view or an Iceberg table');
  const { StorageDescriptor: storage = {}, PartitionKeys: keys = [], Parameters = {} } = table;
  const { EXTERNAL: _, comment, ...parameters } = Parameters;
  const properties = sorted(parameters).map(([key, value]) => `  ${quoted(key)}=${quoted(value)}`);
  return lines(
    [textColumn('createtab_stmt')],
    [
      `CREATE EXTERNAL TABLE \`${table.Name}\`(`,
      ...columnLines(storage.Columns ?? []),
      ...(comment === undefined ? [] : [`COMMENT ${quoted(comment)}`]),
      ...(keys.length === 0 ? [] : ['PARTITIONED BY ( ', ...columnLines(keys)]),
      'ROW FORMAT SERDE ',
      `  ${quoted(storage.SerdeInfo?.SerializationLibrary ?? '')} `,
      'STORED AS INPUTFORMAT ',
      `  ${quoted(storage.InputFormat ?? '')} `,
      'OUTPUTFORMAT ',
      `  ${quoted(storage.OutputFormat ?? '')}`,
      'LOCATION',
      `  ${quoted(storage.Location ?? '')}`,
      ...(properties.length === 0 ? [] : ['TBLPROPERTIES (', ...separated(properties)]),
    ],
  );
};

const columnLines = (columns: readonly { Name: string; Type?: string; Comment?: string }[]): string[] =>
  separated(
    columns.map(({ Name, Type = 'string', Comment }) => {
      const comment = Comment === undefined ? '' : ` COMMENT ${quoted(Comment)}`;
      return `  \`${Name}\` ${Type}${comment}`;
    }),
  );

const separated = (items: readonly string[]): string[] =>
  items.map((item, index) => `${item}${index < items.length - 1 ? ', ' : ')'}`);

const quoted = (text: string) => `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
