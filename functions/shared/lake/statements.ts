import { alterTable, createTable } from '../../../core/lake/curated/ddl.ts';
import { curatedTables } from '../../../core/lake/curated/tables.ts';
import { viewsOf, type View } from '../../../core/lake/views/index.ts';
import type { LakePlace } from '../../../core/lake/views/tail.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import type { TableCatalog } from './catalog.ts';
import { viewTail, type Watermark } from '../../../core/lake/state/watermark.ts';

/**
 * The statements that give an entity its curated tables, with the columns of its schema.
 *
 * @example
 * await ensureStatements(order, { database: 'tailrace_dev', bucket: 'lake' }, catalog)
 */
export const ensureStatements = async (
  entity: Entity,
  place: LakePlace,
  catalog: Pick<TableCatalog, 'columns'>,
): Promise<string[]> => {
  const statements = await Promise.all(
    curatedTables(entity).map(async (table) => {
      const existing = await catalog.columns(table.name);
      return existing ? alterTable(table, place, existing) : [createTable(table, place)];
    }),
  );
  return statements.flat();
};

/** The views of an entity as they have to be by a watermark. */
export const currentViews = (entity: Entity, place: LakePlace, watermark: Watermark): View[] =>
  viewsOf(entity, place, viewTail(watermark));
