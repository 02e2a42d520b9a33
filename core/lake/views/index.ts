import type { Entity } from '../../schema/entity.ts';
import type { Column } from '../columns.ts';
import { currentColumns, historyColumns } from './columns.ts';
import { currentView } from './current.ts';
import { elementViews } from './elements.ts';
import { historyName, historyView } from './history.ts';
import type { LakePlace, Tail } from './tail.ts';

/** A view of the lake: the statement that makes it, and what its columns mean. */
export interface View {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly Column[];
}

/**
 * The views of an entity, in the order they have to be made.
 *
 * @example
 * viewsOf(order, place, tail).map(({ name }) => name) // ['orders', 'orders_history', 'order_lines']
 */
export const viewsOf = (entity: Entity, place: LakePlace, tail: Tail): View[] => [
  { name: entity.plural, sql: currentView(entity, place, tail), columns: currentColumns(entity) },
  { name: historyName(entity), sql: historyView(entity, place, tail), columns: historyColumns(entity) },
  ...elementViews(entity, place),
];
