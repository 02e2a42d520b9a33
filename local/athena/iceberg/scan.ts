import type { TableUse } from '../analyze/scope.ts';
import type { OpenedTable, ReadColumn } from '../engine/opened-table.ts';
import type { IcebergContext } from './context.ts';
import { createDeletes, deletedPaths, relevantDeletes } from './deletes.ts';
import { liveFiles } from './files.ts';
import { fileFilters } from './filter.ts';
import { createFileTable } from './hidden.ts';
import type { Entry } from './manifest.ts';
import { partitionColumns, type PartitionColumn } from './manifest-schema.ts';
import { specOf, type TableMetadata } from './metadata.ts';
import { pathOf } from './object.ts';
import type { PhysicalSchema } from './physical.ts';
import { fileCanMatch, manifestCanMatch, type FileFilter } from './prune.ts';
import { columnsOf, filesTable, isWatched, viewSql, type Group, type ScanRequest } from './scan-view.ts';
import { leaves, type IcebergField } from './types.ts';

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
