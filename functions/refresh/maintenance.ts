import { inspectTables, isWorn, type TableFiles } from '../../core/lake/curated/inspection.ts';
import { curatedTables } from '../../core/lake/curated/tables.ts';
import { qualified, ticked } from '../../core/lake/sql.ts';
import type { Watermark } from '../../core/lake/state/watermark.ts';
import type { Entity } from '../../core/schema/entity.ts';

/** The question for the files of an entity's curated tables. */
export const inspect = (entity: Entity, database: string): string =>
  inspectTables(
    database,
    curatedTables(entity).map(({ name }) => name),
  );

const VACUUM_EVERY_MS = 24 * 60 * 60 * 1000;

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
