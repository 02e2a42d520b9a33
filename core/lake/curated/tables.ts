import type { Entity } from '../../schema/entity.ts';
import { changeColumns, type Column } from '../columns.ts';

/** An Iceberg table of the curated layer: all that its DDL needs. */
export interface CuratedTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Partition transform in Athena's DDL, if the table has one. */
  readonly partitioning: string | undefined;
  /** Key prefix in the lake bucket, with a trailing slash. */
  readonly prefix: string;
}

/** The newest change of each key. Removals stay as tombstones, so that a late change cannot bring a record back. */
export const currentTable = (entity: Entity): CuratedTable => ({
  name: `${entity.plural}_current`,
  columns: changeColumns(entity),
  partitioning: undefined,
  prefix: `curated/${entity.name}/current/`,
});

/** Every change of every record, once. */
export const versionsTable = (entity: Entity): CuratedTable => ({
  name: `${entity.plural}_versions`,
  columns: changeColumns(entity),
  partitioning: 'day(`change_time`)',
  prefix: `curated/${entity.name}/versions/`,
});

/** The curated tables of an entity. */
export const curatedTables = (entity: Entity): CuratedTable[] => [
  currentTable(entity),
  versionsTable(entity),
];
