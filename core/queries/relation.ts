import { curatedTables } from '../lake/curated/tables.ts';
import { logTable } from '../lake/log-table.ts';
import { instant, list, qualified, quoted } from '../lake/sql.ts';
import { currentColumns, historyColumns, validityNames } from '../lake/views/columns.ts';
import { mergedSelect } from '../lake/views/current.ts';
import { elementsFrom } from '../lake/views/elements.ts';
import { END_OF_TIME, historyName, historySelect } from '../lake/views/history.ts';
import type { LakePlace } from '../lake/views/tail.ts';
import type { Entity } from '../schema/entity.ts';
import type { Event } from '../schema/event.ts';
import { entitiesOf, eventsOf, type Schema } from '../schema/load.ts';

/** What a query can read, as the SQL of a FROM. */
export interface Relation {
  readonly name: string;
  /** Name of the entity or event it shows. */
  readonly source: string;
  /** As fresh as the last delivery. */
  readonly now: string;
  /** As far as it is merged: the same until somebody refreshes again, so that assertions see what was built from. */
  readonly merged: string;
  /** As it was at an instant, ISO 8601. */
  readonly at: (asOf: string) => string;
}

const inParentheses = (sql: string): string => `(${sql})`;

const entityAt = (entity: Entity, database: string, asOf: string): string => {
  const columns = list(currentColumns(entity).map(({ name }) => name));
  const { from, to } = validityNames(entity);
  const moment = instant(asOf);
  return inParentheses(
    `SELECT ${columns} FROM ${qualified(database, historyName(entity))} ` +
      `WHERE ${quoted(from)} <= ${moment} AND ${moment} < ${quoted(to)}`,
  );
};

/** Versions that began later were not known, nor that a version would end. */
const historyAt = (entity: Entity, database: string, asOf: string): string => {
  const { from, to } = validityNames(entity);
  const moment = instant(asOf);
  const columns = historyColumns(entity).map(({ name }) =>
    name === to
      ? `IF(${quoted(to)} <= ${moment}, ${quoted(to)}, ${END_OF_TIME}) AS ${quoted(to)}`
      : quoted(name),
  );
  return inParentheses(
    `SELECT ${columns.join(', ')} FROM ${qualified(database, historyName(entity))} WHERE ${quoted(from)} <= ${moment}`,
  );
};

const entityRelations = (entity: Entity, place: LakePlace): Relation[] => {
  const { database } = place;
  const source = entity.name;
  const state: Relation = {
    name: entity.plural,
    source,
    now: qualified(database, entity.plural),
    merged: inParentheses(mergedSelect(entity, database)),
    at: (asOf) => entityAt(entity, database, asOf),
  };
  const history: Relation = {
    name: historyName(entity),
    source,
    now: qualified(database, historyName(entity)),
    merged: inParentheses(historySelect(entity, place)),
    at: (asOf) => historyAt(entity, database, asOf),
  };
  const elements = elementsFrom(entity).map(({ view, select }): Relation => ({
    name: view,
    source,
    now: qualified(database, view),
    merged: inParentheses(select(state.merged)),
    at: (asOf) => inParentheses(select(state.at(asOf))),
  }));
  return [state, history, ...elements];
};

const eventRelation = (event: Event, { database }: LakePlace): Relation => {
  const table = qualified(database, logTable(event).name);
  return {
    name: event.plural,
    source: event.name,
    now: table,
    merged: table,
    at: (asOf) =>
      inParentheses(`SELECT * FROM ${table} WHERE ${quoted('event_received_at')} <= ${instant(asOf)}`),
  };
};

/**
 * The relations of a lake, by what they are called in a query.
 *
 * @example
 * relationsOf(schemas, place).get('orders')?.at('2026-11-25T00:00:00Z') // (SELECT … FROM … WHERE …)
 */
export const relationsOf = (schemas: readonly Schema[], place: LakePlace): ReadonlyMap<string, Relation> => {
  const relations = [
    ...entitiesOf(schemas).flatMap((entity) => entityRelations(entity, place)),
    ...eventsOf(schemas).map((event) => eventRelation(event, place)),
  ];
  return new Map(relations.map((relation) => [relation.name, relation]));
};

/** What every table and view of a lake is called, but those of marts. */
export const lakeNames = (schemas: readonly Schema[], place: LakePlace): ReadonlySet<string> =>
  new Set([
    ...relationsOf(schemas, place).keys(),
    ...schemas.map((schema) => logTable(schema).name),
    ...entitiesOf(schemas).flatMap((entity) => curatedTables(entity).map(({ name }) => name)),
  ]);
