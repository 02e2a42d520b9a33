import type { Column } from '../columns.ts';
import { hiveText, parseHiveType, TypeConflict, widen } from '../hive-type.ts';
import { ddlText, ticked } from '../sql.ts';
import type { CuratedTable } from './tables.ts';

/** Where a curated table is to be. */
export interface Place {
  readonly database: string;
  readonly bucket: string;
}

/** Snapshots serve readers that began before a refresh ended; history has a table of its own. */
export const SNAPSHOT_SECONDS = 24 * 60 * 60;

/** Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html */
const PROPERTIES: Readonly<Record<string, string>> = {
  table_type: 'ICEBERG',
  format: 'parquet',
  write_compression: 'zstd',
  optimize_rewrite_delete_file_threshold: '1',
  vacuum_max_snapshot_age_seconds: String(SNAPSHOT_SECONDS),
  vacuum_min_snapshots_to_keep: '1',
};

const columnText = ({ name, type, comment }: Column): string =>
  `${ticked(name)} ${type}${comment === '' ? '' : ` COMMENT ${ddlText(comment)}`}`;

const name = ({ database }: Pick<Place, 'database'>, table: CuratedTable): string =>
  `${ticked(database)}.${ticked(table.name)}`;

/**
 * The statement that makes a curated table, if it is not there.
 *
 * @example
 * createTable(currentTable(order), { database: 'tailrace_dev', bucket: 'lake' })
 * // CREATE TABLE IF NOT EXISTS `tailrace_dev`.`orders_current` (…)
 */
export const createTable = (table: CuratedTable, place: Place): string =>
  [
    `CREATE TABLE IF NOT EXISTS ${name(place, table)} (`,
    table.columns.map((column) => `  ${columnText(column)}`).join(',\n'),
    ')',
    ...(table.partitioning === undefined ? [] : [`PARTITIONED BY (${table.partitioning})`]),
    `LOCATION 's3://${place.bucket}/${table.prefix}'`,
    `TBLPROPERTIES (${Object.entries(PROPERTIES)
      .map(([property, value]) => `'${property}'='${value}'`)
      .join(', ')})`,
  ].join('\n');

/** A column of a table as Glue says it. */
export type ExistingColumn = Pick<Column, 'name' | 'type'>;

const changeOf = (table: CuratedTable, column: Column, { type }: ExistingColumn): string[] => {
  const existing = parseHiveType(type);
  try {
    const wider = widen(existing, parseHiveType(column.type));
    return hiveText(wider) === hiveText(existing)
      ? []
      : [`CHANGE COLUMN ${ticked(column.name)} ${columnText({ ...column, type: hiveText(wider) })}`];
  } catch (error) {
    if (!(error instanceof TypeConflict)) throw error;
    throw new Error(
      `The column ${column.name} of ${table.name} does not fit its schema any more: ${error.message}. ` +
        'Give the field its old type, or a new name. "tailrace schema check" finds this before a deployment.',
      { cause: error },
    );
  }
};

/**
 * The statements that bring a curated table to the columns of its schema. Columns the schema has no more stay.
 * Throws Error for a change of type that Iceberg cannot make.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html
 *
 * @example
 * alterTable(currentTable(order), place, [{ name: 'id', type: 'string' }]) // ['ALTER TABLE … ADD COLUMNS (…)']
 */
export const alterTable = (
  table: CuratedTable,
  place: Pick<Place, 'database'>,
  existing: readonly ExistingColumn[],
): string[] => {
  const known = new Map(existing.map((column) => [column.name.toLowerCase(), column]));
  const added = table.columns.filter((column) => !known.has(column.name));
  const changed = table.columns.flatMap((column) => {
    const old = known.get(column.name);
    return old ? changeOf(table, column, old) : [];
  });
  const changes = [
    ...(added.length > 0 ? [`ADD COLUMNS (${added.map(columnText).join(', ')})`] : []),
    ...changed,
  ];
  return changes.map((change) => `ALTER TABLE ${name(place, table)} ${change}`);
};
