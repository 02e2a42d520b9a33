import type { Entity } from '../schema/entity.ts';
import { tableDefinition, type KeySchema } from '../table/definition.ts';

/** How many records a list answers at once. */
export const LIST_LIMIT = { min: 1, max: 100, default: 25 } as const;

/** Parameters of every list, besides the key fields. */
export const LIST_CONTROLS = ['limit', 'cursor', 'order', 'fields'] as const;

/** How the sort key of a list can be compared, as in `placedAt[gte]=2026-11`. Alone it is equality. */
export const RANGE_OPERATORS = ['gte', 'gt', 'lte', 'lt', 'prefix'] as const;

export type RangeOperator = (typeof RANGE_OPERATORS)[number];

/** A parameter as its field and how it compares: `placedAt[gte]` is `placedAt` by `gte`. */
export const splitParameter = (parameter: string): { field: string; operator: RangeOperator | undefined } => {
  const [, field = parameter, word] = /^([^[]*)\[(\w+)\]$/.exec(parameter) ?? [];
  const operator = RANGE_OPERATORS.find((known) => known === word);
  return operator ? { field, operator } : { field: parameter, operator: undefined };
};

/** How a field can be compared as a sort key. The text of a decimal does not sort as its number. */
export const operatorsOf = (entity: Entity, name: string): readonly RangeOperator[] => {
  const type = entity.fields.find((field) => field.name === name)?.type.type;
  if (type === 'decimal') return [];
  return type === 'integer' ? RANGE_OPERATORS.filter((operator) => operator !== 'prefix') : RANGE_OPERATORS;
};

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

const fits = (query: ListQuery, given: ReadonlySet<string>, equal: readonly string[]): boolean =>
  equal.includes(query.key.partition.name) && [...given].every((name) => queryFields(query).includes(name));

/**
 * The query that answers exactly the given fields: a partition key, with or without its sort key.
 * Undefined when only a scan would. `equal` are those given by their exact value.
 *
 * @example
 * queryFor(order, ['customerId'])?.index // byCustomer
 */
export const queryFor = (
  entity: Entity,
  given: readonly string[],
  equal: readonly string[] = given,
): ListQuery | undefined => {
  const names = new Set(given);
  return listQueries(entity).find((query) => fits(query, names, equal));
};

const INDEXABLE = new Set(['string', 'timestamp', 'date', 'integer']);

/**
 * The index that would answer the given fields, as a schema file declares it, those compared by range last. Undefined
 * when none can: an index has two fields at most.
 *
 * @example
 * missingIndex(order, ['note'], []) // byNote: ['note']
 */
export const missingIndex = (
  entity: Entity,
  equal: readonly string[],
  ranged: readonly string[],
): string | undefined => {
  const names = [...new Set([...equal, ...ranged])];
  const canIndex = (name: string): boolean =>
    INDEXABLE.has(entity.fields.find((field) => field.name === name)?.type.type ?? '');
  if (equal.length === 0 || names.length > 2 || ranged.length > 1 || !names.every(canIndex)) return undefined;
  const title = names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('And');
  return `by${title}: [${names.map((name) => `'${name}'`).join(', ')}]`;
};

/** What a list can be asked for, in words: `id; customerId [placedAt]`. */
export const listChoices = (entity: Entity): string =>
  listQueries(entity)
    .map(queryFields)
    .map(([partition, sort]) => (sort ? `${partition} (alone or with ${sort})` : partition))
    .join(', or ');
