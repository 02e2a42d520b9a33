import { entitiesOf, eventsOf, type Schema } from '../schema/load.ts';
import type { Entity } from '../schema/entity.ts';
import { currentTable, versionsTable } from './curated/tables.ts';
import { logTable } from './log-table.ts';
import { elementsFrom } from './views/elements.ts';
import { historyName } from './views/history.ts';

const ofEntity = (entity: Entity): [name: string, description: string][] => [
  [entity.plural, `${entity.description}: as it is now`],
  [historyName(entity), `Every version of ${entity.plural}, with the time it held`],
  ...elementsFrom(entity).map(({ view }): [string, string] => [
    view,
    `A row for each element of a list of ${entity.plural}`,
  ]),
  [
    currentTable(entity).name,
    `The newest change of each of ${entity.plural}, as far as merged; removals too`,
  ],
  [versionsTable(entity).name, `Every change of ${entity.plural}, once, as far as merged`],
  [logTable(entity).name, logTable(entity).description],
];

/**
 * What the tables and views of a lake are, by name. Athena keeps no comment of an Iceberg table or of a view.
 *
 * @example
 * relationDescriptions(schemas).get('orders') // A purchase by one customer: as it is now
 */
export const relationDescriptions = (schemas: readonly Schema[]): ReadonlyMap<string, string> =>
  new Map([
    ...entitiesOf(schemas).flatMap(ofEntity),
    ...eventsOf(schemas).map((event): [string, string] => [event.plural, event.description]),
  ]);
