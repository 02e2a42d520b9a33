import type { TableUse } from '../analyze/scope.ts';
import type { OpenedTable, ReadColumn } from '../engine/opened-table.ts';
import { BIGINT, duckType, quoteName, quoteText } from '../sql/types.ts';
import { SqlError } from '../sql/error.ts';
import type { IcebergContext } from './context.ts';
import { liveFiles } from './files.ts';
import { fileFilters } from './filter.ts';
import { createFileTable, HIDDEN_COLUMNS } from './hidden.ts';
import { CONTENT, type Entry } from './manifest.ts';
import { partitionColumns, type PartitionColumn } from './manifest-schema.ts';
import { schemaOf, specOf, type Snapshot, type TableMetadata } from './metadata.ts';
import { pathOf } from './object.ts';
import { partitionKey } from './partition-value.ts';
import type { PhysicalSchema } from './physical.ts';
import { projectColumn } from './project.ts';
import { fileCanMatch, manifestCanMatch, type FileFilter } from './prune.ts';
import { leaves, trinoType, type IcebergField } from './types.ts';

const PLACE_COLUMNS = ['$file', '$pos'] as const;

/** Columns a scan has beside the table's own: the number of the row's file in the scan, and its place in the file. */
export const [FILE_COLUMN, POSITION_COLUMN] = PLACE_COLUMNS.map(quoteName) as [string, string];

export interface ScanRequest {
  readonly name: string;
  readonly metadata: TableMetadata;
  readonly snapshot: Snapshot | undefined;
  readonly fields: readonly IcebergField[];
  /** Adds {@link FILE_COLUMN} and {@link POSITION_COLUMN}. */
  readonly positions?: boolean;
  /** Columns of {@link HIDDEN_COLUMNS} that are wanted. */
  readonly hidden?: ReadonlySet<string>;
}

export interface Scan {
  /** The view. */
  readonly opened: OpenedTable;
  /** The data files read, by their number. */
  readonly files: readonly Entry[];
  /** Delete files that may act on them. */
  readonly deletes: readonly Entry[];
  /** Whether any row of these files is deleted, and so {@link deletesTable} there. */
  readonly hasDeleted: boolean;
}

/** The partition columns of every spec of a table. */
export const partitionsOf = (metadata: TableMetadata): ReadonlyMap<number, readonly PartitionColumn[]> =>
  new Map(
    metadata['partition-specs'].map((spec) => [spec['spec-id'], partitionColumns(spec, metadata.schemas)]),
  );

/** Makes the view a query reads an Iceberg table by: the rows of one snapshot that its conditions may want. */
export const openScan = async (
  context: IcebergContext,
  use: TableUse,
  request: ScanRequest,
): Promise<Scan> => {
  const filter = await fileFilters(context.connection, use.filters, request.fields);
  const found = plan(context, request, filter);
  return openFiles(context, use.alias, { ...request, hidden: use.hidden }, found);
};

const plan = ({ store }: IcebergContext, { metadata, snapshot }: ScanRequest, filter: FileFilter) => {
  const partitions = partitionsOf(metadata);
  const columns = (specId: number) =>
    partitions.get(specId) ?? partitionColumns(specOf(metadata, specId), []);
  return liveFiles(store, snapshot, {
    manifest: (manifest) => manifestCanMatch(manifest, filter, columns(manifest.specId)),
    file: (file) => fileCanMatch(file, filter, columns(file.specId)),
  });
};

/** The same over files already chosen. */
export const openFiles = async (
  context: IcebergContext,
  alias: string,
  request: ScanRequest,
  live: { readonly data: readonly Entry[]; readonly deletes: readonly Entry[] },
): Promise<Scan> => {
  const deletes = relevantDeletes(live);
  const deleted = await deletedPaths(context, deletes);
  const groups = await groupsOf(context, live.data, deleted);
  const files = groups.flatMap((group) => group.entries);
  await createDeletes(context, alias, files, deletes, deleted);
  if (isWatched(request)) {
    const addresses = files.map(({ file }) => file.path);
    await createFileTable(context, filesTable(alias), addresses);
  }
  await context.connection.run(viewSql(alias, request, groups));
  const bytes: OpenedTable['bytes'] = (read) => bytesRead(files, deletes, request.fields, read);
  const opened = { alias, columns: columnsOf(request), bytes };
  return { opened, files, deletes, hasDeleted: deleted.size > 0 };
};

const isWatched = ({ hidden }: ScanRequest) => hidden !== undefined && hidden.size > 0;

const filesTable = (alias: string) => `${alias}_files`;

const hiddenColumns = ({ hidden }: ScanRequest) => HIDDEN_COLUMNS.filter(({ name }) => hidden?.has(name));

/** The columns of the view. */
const columnsOf = (request: ScanRequest): OpenedTable['columns'] => [
  ...request.fields.map(({ name, type }) => ({ name: name.toLowerCase(), type: trinoType(type) })),
  ...hiddenColumns(request).map(({ name, type }) => ({ name, type })),
  ...(request.positions ? PLACE_COLUMNS.map((name) => ({ name, type: BIGINT })) : []),
];

/** Delete files of partitions that have data files old enough to be meant. */
const relevantDeletes = ({
  data,
  deletes,
}: {
  readonly data: readonly Entry[];
  readonly deletes: readonly Entry[];
}): Entry[] => {
  const oldest = new Map<string, bigint>();
  for (const entry of data) {
    const key = partitionKey(entry.file);
    const known = oldest.get(key);
    if (known === undefined || entry.sequence < known) oldest.set(key, entry.sequence);
  }
  return deletes.filter((entry) => {
    if (entry.file.content === CONTENT.equalityDeletes)
      throw new SqlError('NOT_SUPPORTED', 'The local cloud does not read equality delete files');
    const since = oldest.get(partitionKey(entry.file));
    return since !== undefined && since <= entry.sequence;
  });
};

const deleteFileList = ({ store }: IcebergContext, deletes: readonly Entry[]) =>
  `read_parquet([${deletes.map(({ file }) => quoteText(pathOf(store, file.path))).join(', ')}])`;

const deletedPaths = async (
  context: IcebergContext,
  deletes: readonly Entry[],
): Promise<ReadonlySet<string>> => {
  if (deletes.length === 0) return new Set();
  const reader = await context.connection.runAndReadAll(
    `SELECT DISTINCT file_path FROM ${deleteFileList(context, deletes)}`,
  );
  return new Set(reader.getRows().map(([path]) => String(path)));
};

/** Files that are read alike: of the same columns, with or without deleted rows. */
interface Group {
  readonly entries: Entry[];
  readonly paths: string[];
  readonly physical: PhysicalSchema;
  readonly deleted: boolean;
}

const groupsOf = async (
  { store, connection, runtime }: IcebergContext,
  data: readonly Entry[],
  deletedFiles: ReadonlySet<string>,
): Promise<Group[]> => {
  const paths = data.map(({ file }) => pathOf(store, file.path));
  const physical = await runtime.physical.of(connection, paths);
  const groups = new Map<string, Group>();
  const numbers = new Map([...new Set(physical.values())].map((schema, index) => [schema, index]));
  for (const [index, entry] of data.entries()) {
    const path = paths[index] as string;
    const schema = physical.get(path) as PhysicalSchema;
    const deleted = deletedFiles.has(entry.file.path);
    const key = `${numbers.get(schema)} ${deleted}`;
    const group = groups.get(key) ?? { entries: [], paths: [], physical: schema, deleted };
    group.entries.push(entry);
    group.paths.push(path);
    groups.set(key, group);
  }
  return [...groups.values()];
};

/** The engine's table of the deleted positions of a scan. */
export const deletesTable = (alias: string) => `${alias}_deletes`;

/** Deleted positions by the number of their file, to leave out by a join. */
const createDeletes = async (
  context: IcebergContext,
  alias: string,
  files: readonly Entry[],
  deletes: readonly Entry[],
  deleted: ReadonlySet<string>,
) => {
  if (deleted.size === 0) return;
  const { connection } = context;
  const rows = files
    .map(({ file }, index) => ({ path: file.path, index }))
    .filter(({ path }) => deleted.has(path))
    .map(({ path, index }) => `(${quoteText(path)}, ${index})`);
  const numbered = rows.length > 0 ? `VALUES ${rows.join(', ')}` : `SELECT '', 0 WHERE FALSE`;
  await connection.run(
    `CREATE TEMP TABLE ${deletesTable(alias)} AS SELECT n.file, d.pos FROM ${deleteFileList(context, deletes)} AS d JOIN (${numbered}) AS n(path, file) ON n.path = d.file_path`,
  );
};

const viewSql = (alias: string, request: ScanRequest, groups: readonly Group[]): string => {
  let first = 0;
  const parts = groups.map((group) => {
    const part = groupSql(alias, request, group, first);
    first += group.entries.length;
    return part;
  });
  return `CREATE TEMP VIEW ${alias} AS ${parts.length > 0 ? parts.join(' UNION ALL ') : emptySql(request)}`;
};

const groupSql = (alias: string, request: ScanRequest, group: Group, first: number): string => {
  const number = `(CAST(f.file_index AS BIGINT) + ${first})`;
  const items = request.fields.map(
    (field) =>
      `${projectColumn(field, group.physical, 'f', request.name)} AS ${quoteName(field.name.toLowerCase())}`,
  );
  items.push(...hiddenColumns(request).map(({ name }) => `p.${quoteName(name)}`));
  if (request.positions) items.push(`${number} AS ${FILE_COLUMN}`, `f.file_row_number AS ${POSITION_COLUMN}`);
  const list = group.paths.map(quoteText).join(', ');
  const without = group.deleted
    ? ` ANTI JOIN ${deletesTable(alias)} AS d ON d.file = ${number} AND d.pos = f.file_row_number`
    : '';
  const watched = isWatched(request) ? ` JOIN ${filesTable(alias)} AS p ON p.file = ${number}` : '';
  return `SELECT ${items.join(', ')} FROM read_parquet([${list}], hive_partitioning = false) AS f${watched}${without}`;
};

const emptySql = (request: ScanRequest): string => {
  const items = columnsOf(request).map(
    ({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`,
  );
  return `SELECT ${items.join(', ')} WHERE FALSE`;
};

/** Bytes of the column chunks and delete files a query reads. */
const bytesRead = (
  files: readonly Entry[],
  deletes: readonly Entry[],
  fields: readonly IcebergField[],
  read: readonly ReadColumn[],
): number => {
  const ids = [...new Set(read.flatMap((column) => leaves(partOf(fields, column)).map(({ id }) => id)))];
  const ofData = files.map(({ file }) =>
    file.columnSizes.size === 0
      ? file.size
      : ids.reduce((sum, id) => sum + (file.columnSizes.get(id) ?? 0), 0),
  );
  return [...ofData, ...deletes.map(({ file }) => file.size)].reduce((sum, size) => sum + size, 0);
};

/** The field at a path of names; a member of the elements of a list cannot be read alone. */
const partOf = (fields: readonly IcebergField[], [name, ...rest]: ReadColumn): readonly IcebergField[] => {
  const found = fields.filter((field) => field.name.toLowerCase() === name?.toLowerCase());
  const [first] = found;
  if (rest.length === 0 || typeof first?.type !== 'object' || first.type.type !== 'struct') return found;
  return partOf(first.type.fields, rest);
};

/** The scan of a whole table as it is now. */
export const currentScan = (
  name: string,
  metadata: TableMetadata,
  snapshot: Snapshot | undefined,
): ScanRequest => ({
  name,
  metadata,
  snapshot,
  fields: schemaOf(metadata).fields,
});
