import { namesOf } from '../../core/deployment.ts';
import { currentView } from '../../core/lake/views.ts';
import type { Entity } from '../../core/schema/entity.ts';

/** A statement to run on Athena, and the view it makes. */
export interface ViewStatement {
  readonly view: string;
  readonly sql: string;
}

/**
 * The statements that bring the catalogue up to date: one view of current state for each entity.
 *
 * @example
 * viewStatements('dev', [order])[0]?.view // tailrace_dev.orders
 */
export const viewStatements = (stage: string, entities: readonly Entity[]): ViewStatement[] => {
  const { database } = namesOf(stage);
  return entities.map((entity) => ({
    view: `${database}.${entity.plural}`,
    sql: currentView(entity, database),
  }));
};
