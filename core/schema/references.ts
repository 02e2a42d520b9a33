import * as z from 'zod';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';

/** A field that holds the key of a record of another entity. */
export interface Reference {
  readonly entity: string;
  /** What happens when the other record is to be deleted: it is refused. */
  readonly onDelete: 'refuse';
}

export type References = Readonly<Record<string, Reference>>;

/** The option `references` of an entity. */
export const referencesOption = z
  .record(z.string(), z.strictObject({ entity: z.string(), onDelete: z.literal('refuse') }))
  .default({});

/** Throws SchemaError for a reference that cannot be held or found. */
export const checkReferences = (entity: Entity): void => {
  for (const name of Object.keys(entity.references)) {
    const place = `${entity.name}.references.${name}`;
    const known = entity.fields.map((field) => field.name).join(', ');
    if (!entity.fields.some((field) => field.name === name))
      throw new SchemaError(place, `there is no field "${name}"`, `Use one of ${known}`);
    if (!Object.values(entity.indexes).some(([partition]) => partition === name))
      throw new SchemaError(
        place,
        `no index finds the records by "${name}", so a delete could not ask for them`,
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
