import * as z from 'zod';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';
import { definition } from './field-type.ts';

/** A field that holds the key of a record of another entity. */
export interface Reference {
  readonly entity: string;
  /** What happens when the other record is to be deleted: that is refused, or the record that refers goes with it. */
  readonly onDelete: 'refuse' | 'cascade';
}

export type References = Readonly<Record<string, Reference>>;

/** The option `references` of an entity. */
export const referencesOption = z
  .record(z.string(), z.strictObject({ entity: z.string(), onDelete: z.enum(['refuse', 'cascade']) }))
  .default({});

/**
 * The index that finds every record by a field that refers: a record that lacks the sort key of an index is not in it.
 *
 * @example
 * referenceIndex(order, 'customerId') // byCustomer
 */
export const referenceIndex = (
  { indexes, shape }: Pick<Entity, 'indexes' | 'shape'>,
  field: string,
): string | undefined => {
  const isInAll = (name: string): boolean =>
    shape[name] !== undefined && definition(shape[name]).type !== 'optional';
  return Object.entries(indexes).find(
    ([, [partition, sort]]) => partition === field && (sort === undefined || isInAll(sort)),
  )?.[0];
};

/** Throws SchemaError for a reference that cannot be held or found. */
export const checkReferences = (entity: Entity): void => {
  for (const name of Object.keys(entity.references)) {
    const place = `${entity.name}.references.${name}`;
    const known = entity.fields.map((field) => field.name).join(', ');
    if (!entity.fields.some((field) => field.name === name))
      throw new SchemaError(place, `there is no field "${name}"`, `Use one of ${known}`);
    if (referenceIndex(entity, name) === undefined)
      throw new SchemaError(
        place,
        `no index finds every record by "${name}", so a delete could not ask for them`,
        `Add an index, such as indexes: { by${name[0]?.toUpperCase()}${name.slice(1)}: ['${name}'] }`,
      );
    if (entity.expires !== undefined)
      throw new SchemaError(
        place,
        'its records expire, and what they refer to would stay counted',
        'Leave out references or expires',
      );
  }
};

/** Throws SchemaError for a reference to what no record can be found by. */
export const checkReferenced = (
  entities: readonly Entity[],
  files: ReadonlyMap<object, string> = new Map(),
): void => {
  for (const entity of entities)
    for (const [field, reference] of Object.entries(entity.references)) {
      const place = `${entity.name}.references.${field}`;
      const file = files.get(entity);
      const other = entities.find((candidate) => candidate.name === reference.entity);
      if (!other)
        throw new SchemaError(
          place,
          `there is no entity "${reference.entity}"`,
          `Use one of ${entities.map(({ name }) => name).join(', ')}`,
          file,
        );
      if (other.key.length > 1 || other.expires !== undefined)
        throw new SchemaError(
          place,
          other.key.length > 1
            ? `${other.name} has a key of two fields`
            : `the records of ${other.name} expire`,
          'Refer to an entity with a key of one field whose records stay',
          file,
        );
    }
};

const referrersBy = (
  { name }: Entity,
  entities: readonly Entity[],
  onDelete: Reference['onDelete'],
): readonly Entity[] =>
  entities.filter(({ references }) =>
    Object.values(references).some((one) => one.entity === name && one.onDelete === onDelete),
  );

/** The entities whose records go with a record of this one, at once or because others go with it. */
export const dependantsOf = (entity: Entity, entities: readonly Entity[]): Entity[] => {
  const found = new Set<Entity>();
  const visit = (one: Entity): void => {
    for (const other of referrersBy(one, entities, 'cascade').filter((candidate) => !found.has(candidate))) {
      found.add(other);
      visit(other);
    }
  };
  visit(entity);
  return [...found];
};

/** The entities whose records hold records of any of these. */
export const holdersOf = (held: readonly Entity[], entities: readonly Entity[]): Entity[] => [
  ...new Set(held.flatMap((entity) => referrersBy(entity, entities, 'refuse'))),
];
