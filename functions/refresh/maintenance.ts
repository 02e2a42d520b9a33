import type { Entity } from '../../core/schema/entity.ts';
import { curatedTables, type CuratedTable } from '../../core/lake/curated/tables.ts';
import { literal, qualified, ticked } from '../../core/lake/sql.ts';
import type { Watermark } from '../../core/lake/state/watermark.ts';

/** What OPTIMIZE would bring together: files a scan of a whole table opens for little. */
export interface TableFiles {
  readonly table: string;
  readonly files: number;
  readonly smallFiles: number;
  readonly deleteFiles: number;
  readonly bytes: number;
}

const SMALL_BYTES = 16 * 1024 * 1024;

const counts = (database: string, { name }: CuratedTable): string =>
  [
    `SELECT ${literal(name)}, count_if(content = 0), count_if(content = 0 AND file_size_in_bytes < ${SMALL_BYTES}),`,
    `count_if(content > 0), coalesce(sum(file_size_in_bytes), 0) FROM ${qualified(database, `${name}$files`)}`,
  ].join(' ');

/** The question for the files of an entity's curated tables. Metadata tables cost no scan of data. */
export const inspect = (entity: Entity, database: string): string =>
  curatedTables(entity)
    .map((table) => counts(database, table))
    .join('\nUNION ALL ');

/** The answer to `inspect`. */
export const toTableFiles = (rows: readonly (readonly string[])[]): TableFiles[] =>
  rows.map(([table = '', files, smallFiles, deleteFiles, bytes]) => ({
    table,
    files: Number(files),
    smallFiles: Number(smallFiles),
    deleteFiles: Number(deleteFiles),
    bytes: Number(bytes),
  }));

const MOST_SMALL_FILES = 8;
const MOST_DELETE_FILES = 4;
const VACUUM_EVERY_MS = 24 * 60 * 60 * 1000;

/** Whether a table is worth rewriting. Each MERGE leaves small files, and delete files that every read has to apply. */
export const isWorn = ({ smallFiles, deleteFiles }: TableFiles): boolean =>
  smallFiles > MOST_SMALL_FILES || deleteFiles > MOST_DELETE_FILES;

/** Whether old snapshots and the files only they need are to go. */
export const isVacuumDue = ({ vacuumedAt }: Watermark, now: Date): boolean =>
  vacuumedAt === undefined || now.getTime() - Date.parse(vacuumedAt) >= VACUUM_EVERY_MS;

/**
 * The statements that keep curated tables healthy.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-data-optimization.html
 */
export const maintenance = (
  database: string,
  tables: readonly TableFiles[],
  { vacuum }: { readonly vacuum: boolean },
): string[] => [
  ...tables
    .filter(isWorn)
    .map(({ table }) => `OPTIMIZE ${qualified(database, table)} REWRITE DATA USING BIN_PACK`),
  ...(vacuum ? tables.map(({ table }) => `VACUUM ${ticked(database)}.${ticked(table)}`) : []),
];
