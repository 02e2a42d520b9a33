import type { Entity } from '../schema/entity.ts';
import { tableDefinition, type KeySchema } from '../table/definition.ts';

/** How many records a list answers at once. */
export const LIST_LIMIT = { min: 1, max: 100, default: 25 } as const;

/** Parameters of every list, besides the key fields. */
export const LIST_CONTROLS = ['limit', 'cursor', 'order'] as const;

/** A question the table answers without a scan: its own key, or one of its indexes. */
export interface ListQuery {
  /** Undefined for the table itself. */
  readonly index: string | undefined;
  readonly key: KeySchema;
}

/** Every way to list an entity's records, the table's own key first. */
export const listQueries = (entity: Entity): ListQuery[] => {
  const { key, indexes } = tableDefinition(entity);
  const byIndex = Object.entries(indexes).map(([index, keys]) => ({ index, key: keys }));
  return [{ index: undefined, key }, ...byIndex];
};

/** The fields of a query as parameters of the list: `customerId` or `customerId and placedAt`. */
export const queryFields = ({ key }: ListQuery): string[] =>
  key.sort ? [key.partition.name, key.sort.name] : [key.partition.name];

/** Every field that may be a parameter of an entity's list. */
export const listFields = (entity: Entity): string[] => [
  ...new Set(listQueries(entity).flatMap(queryFields)),
];

const fits = (query: ListQuery, given: ReadonlySet<string>): boolean =>
  given.has(query.key.partition.name) && [...given].every((name) => queryFields(query).includes(name));

/**
 * The query that answers exactly the given fields: a partition key, with or without its sort key.
 * Undefined when only a scan would.
 *
 * @example
 * queryFor(order, ['customerId'])?.index // byCustomer
 */
export const queryFor = (entity: Entity, given: readonly string[]): ListQuery | undefined => {
  const names = new Set(given);
  return listQueries(entity).find((query) => fits(query, names));
};

/** What a list can be asked for, in words: `id; customerId [placedAt]`. */
export const listChoices = (entity: Entity): string =>
  listQueries(entity)
    .map(queryFields)
    .map(([partition, sort]) => (sort ? `${partition} (alone or with ${sort})` : partition))
    .join(', or ');
