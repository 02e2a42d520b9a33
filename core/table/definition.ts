import type { Entity } from '../schema/entity.ts';

/** A key attribute of a table or index. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
}

/** What DynamoDB must know of an entity's table. */
export interface TableDefinition {
  readonly key: KeySchema;
  readonly indexes: Readonly<Record<string, KeySchema>>;
}

const attribute = (entity: Entity, name: string): KeyAttribute => {
  const isNumber = entity.fields.find((field) => field.name === name)?.type.type === 'integer';
  return { name, type: isNumber ? 'N' : 'S' };
};

const keySchema = (entity: Entity, [partition, sort]: readonly [string, string?]): KeySchema => ({
  partition: attribute(entity, partition),
  sort: sort === undefined ? undefined : attribute(entity, sort),
});

/**
 * The table of an entity: its key and its global secondary indexes.
 *
 * @example
 * tableDefinition(order).indexes.byCustomer?.sort?.name // placedAt
 */
export const tableDefinition = (entity: Entity): TableDefinition => ({
  key: keySchema(entity, entity.key),
  indexes: Object.fromEntries(
    Object.entries(entity.indexes).map(([name, keys]) => [name, keySchema(entity, keys)]),
  ),
});
