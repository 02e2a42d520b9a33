import type { OpenedTable } from '../engine/opened-table.ts';
import { BIGINT, duckType, quoteName, quoteText } from '../sql/types.ts';
import { deletesTable } from './deletes.ts';
import { HIDDEN_COLUMNS } from './hidden.ts';
import type { Entry } from './manifest.ts';
import { schemaOf, type Snapshot, type TableMetadata } from './metadata.ts';
import type { PhysicalSchema } from './physical.ts';
import { projectColumn } from './project.ts';
import { trinoType, type IcebergField } from './types.ts';

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

/** Files that are read alike: of the same columns, with or without deleted rows. */
export interface Group {
  readonly entries: Entry[];
  readonly paths: string[];
  readonly physical: PhysicalSchema;
  readonly deleted: boolean;
}

/** Whether a query names hidden columns. */
export const isWatched = ({ hidden }: ScanRequest) => hidden !== undefined && hidden.size > 0;

/** The engine's table of what hidden columns say of each file. */
export const filesTable = (alias: string) => `${alias}_files`;

const hiddenColumns = ({ hidden }: ScanRequest) => HIDDEN_COLUMNS.filter(({ name }) => hidden?.has(name));

/** The columns of the view. */
export const columnsOf = (request: ScanRequest): OpenedTable['columns'] => [
  ...request.fields.map(({ name, type }) => ({ name: name.toLowerCase(), type: trinoType(type) })),
  ...hiddenColumns(request).map(({ name, type }) => ({ name, type })),
  ...(request.positions ? PLACE_COLUMNS.map((name) => ({ name, type: BIGINT })) : []),
];

/** The statement that makes the view of a scan: files numbered in the order of the groups. */
export const viewSql = (alias: string, request: ScanRequest, groups: readonly Group[]): string => {
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
