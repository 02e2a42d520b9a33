import { entityColumns, type Column } from '../lake/columns.ts';
import { keyColumns } from '../lake/curated/merge.ts';
import { parseHiveType } from '../lake/hive-type.ts';
import { quoted } from '../lake/sql.ts';
import type { Entity } from '../schema/entity.ts';
import { canonical } from './canonical.ts';

/** A row of the lake as the relay writes it, parsed: columns by name. */
export type LakeRow = Readonly<Record<string, unknown>>;

/** A text made of some columns, here and in Athena's SQL. */
export interface ColumnsText {
  readonly text: (row: LakeRow) => string;
  readonly sql: string;
}

const textOf = (columns: readonly Pick<Column, 'name' | 'type'>[]): ColumnsText => {
  const parts = columns.map(({ name, type }) => {
    const { text, sql } = canonical(parseHiveType(type));
    return { name, text, sql: sql(quoted(name)) };
  });
  return {
    text: (row) => parts.map(({ name, text }) => text(row[name])).join(''),
    sql: parts.map(({ sql }) => sql).join(' || '),
  };
};

const columnsOf = (entity: Entity, names: readonly string[]): Column[] => {
  const all = entityColumns(entity);
  return names.flatMap((name) => all.filter((column) => column.name === name));
};

/**
 * The text that a record's key is in the lake.
 *
 * @example
 * keyText(order).text({ id: 'o1' }) // 2:o1
 */
export const keyText = (entity: Entity): ColumnsText => textOf(columnsOf(entity, keyColumns(entity)));

/** The text that all of a record is in the lake, what its changes say of themselves left out. */
export const rowText = (entity: Entity): ColumnsText => textOf(entityColumns(entity));
