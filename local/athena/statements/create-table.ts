import { commitNewTable } from '../iceberg/create.ts';
import type { ColumnDefinition } from '../iceberg/evolve.ts';
import type { PartitionTerm } from '../iceberg/spec.ts';
import type { QualifiedName } from '../sql/ast.ts';
import type { Cursor } from '../sql/cursor.ts';
import { SqlError, type Position } from '../sql/error.ts';
import { hiveIdentifier, hiveString, parseColumns, parseProperties } from './ddl.ts';
import { parseHiveName } from './hive-name.ts';
import { lines, type Outcome, type Session, type Statement } from './statement.ts';
import { target } from './view.ts';

interface CreateTable {
  readonly name: QualifiedName;
  readonly external: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly partition: readonly PartitionTerm[];
  readonly location: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  /** What Hive allows and Iceberg does not, by the first word of its clause. */
  readonly refused: readonly string[];
}

/**
 * `CREATE TABLE … LOCATION … TBLPROPERTIES ('table_type' = 'ICEBERG')`
 * (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html). `CREATE TABLE … AS` is another statement.
 */
export const parseCreateTable = (cursor: Cursor): Statement | undefined => {
  if (!cursor.at('CREATE', 'TABLE') && !cursor.at('CREATE', 'EXTERNAL', 'TABLE')) return undefined;
  cursor.expect('CREATE');
  const external = cursor.accept('EXTERNAL');
  cursor.expect('TABLE');
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  const name = parseHiveName(cursor);
  const columns = cursor.at('(') ? parseColumns(cursor) : [];
  const clauses = parseClauses(cursor);
  cursor.end();
  const create = { name, external, ifNotExists, columns, ...clauses };
  return { type: 'DDL', kind: 'CREATE_TABLE', run: (session) => runCreate(create, session) };
};

const CLAUSES: readonly (readonly [readonly string[], string])[] = [
  [['CLUSTERED', 'BY'], 'CLUSTERED BY'],
  [['ROW', 'FORMAT'], 'ROW FORMAT'],
  [['STORED'], 'STORED AS/BY'],
];

const parseClauses = (cursor: Cursor) => {
  const refused: string[] = [];
  if (cursor.accept('COMMENT')) hiveString(cursor);
  const partition = cursor.accept('PARTITIONED', 'BY') ? parsePartition(cursor) : [];
  for (const [words, shown] of CLAUSES) {
    if (!cursor.at(...words)) continue;
    refused.push(shown);
    skipClause(cursor);
  }
  const location = cursor.accept('LOCATION') ? hiveString(cursor) : undefined;
  const properties = cursor.accept('TBLPROPERTIES') ? parseProperties(cursor) : {};
  return { partition, location, properties, refused };
};

const NEXT = new Set(['CLUSTERED', 'ROW', 'STORED', 'LOCATION', 'TBLPROPERTIES', '<EOF>', ';']);

/** Goes on to the next clause: only its presence matters, since it is refused. */
const skipClause = (cursor: Cursor) => {
  do cursor.take();
  while (!NEXT.has(cursor.peek().text));
};

const invalidPartition = (at: Position) =>
  new SqlError('', 'Invalid PARTITIONED BY clause in Iceberg create table statement', at);

const parsePartition = (cursor: Cursor): PartitionTerm[] =>
  cursor.parenthesized(() =>
    cursor.list(() => {
      const at = cursor.peek();
      const name = hiveIdentifier(cursor);
      const term = cursor.at('(')
        ? parseTransform(cursor, name, at)
        : { transform: 'identity', column: name, at };
      if (!cursor.at(',') && !cursor.at(')')) throw partitionRefusal(cursor, term.column);
      return term;
    }),
  );

const partitionRefusal = (cursor: Cursor, column: string): SqlError => {
  const at = cursor.peek();
  if (!cursor.accept('.')) return invalidPartition(at);
  const field = hiveIdentifier(cursor);
  return new SqlError('NOT_SUPPORTED', `Partitioning by nested field is unsupported: ${column}.${field}`, at);
};

const parseTransform = (cursor: Cursor, transform: string, at: Position): PartitionTerm =>
  cursor.parenthesized(() => {
    if (cursor.peek().kind !== 'number') return { transform, column: hiveIdentifier(cursor), at };
    const width = Number(cursor.take().text);
    cursor.expect(',');
    return { transform: `${transform}[${width}]`, column: hiveIdentifier(cursor), at };
  });

const runCreate = async (create: CreateTable, session: Session): Promise<Outcome> => {
  const { name } = create;
  refuseHive(create);
  const place = target(name, session);
  session.authorizeGlue('glue:GetTable', place.database, place.name);
  const exists = () => {
    if (create.ifNotExists) return lines([], []);
    throw new SqlError(
      'TABLE_ALREADY_EXISTS',
      `Table 'awsdatacatalog.${place.database}.${place.name}' already exists`,
      name.at,
    );
  };
  if (session.catalog.getTable(place.database, place.name)) return exists();
  session.authorizeGlue('glue:CreateTable', place.database, place.name);
  const location = create.location as string;
  session.authorizeWrite(location);
  const created = await commitNewTable(session, { ...create, location, place, at: name.at });
  return created ? lines([], []) : exists();
};

/** Athena's refusals in Athena's order. */
const refuseHive = ({ external, properties, location, refused, columns, name }: CreateTable) => {
  const type = Object.entries(properties).find(([key]) => key.toLowerCase() === 'table_type')?.[1];
  const iceberg = type?.toUpperCase() === 'ICEBERG';
  if (external && iceberg) throw new SqlError('', 'External keyword not supported for table type ICEBERG');
  if (!external && !iceberg) throw new SqlError('', 'External keyword required for table type HIVE');
  if (!iceberg) throw new SqlError('NOT_SUPPORTED', 'The local cloud creates Iceberg tables only', name.at);
  if (location === undefined)
    throw new SqlError('', 'No location was specified for table. An S3 location must be specified');
  const [clause] = refused;
  if (clause !== undefined) throw new SqlError('', `Iceberg create table statement does not allow ${clause}`);
  if (columns.length === 0)
    throw new SqlError('', 'At least one column is required for Iceberg create table statement');
};
