import * as z from 'zod';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';

/** The option `unique` of an entity: each a field, or fields whose values together no two records share. */
export const uniqueOption = z
  .array(z.union([z.string(), z.array(z.string()).min(1)]))
  .max(5)
  .default([])
  .transform((rules) => rules.map((rule) => (typeof rule === 'string' ? [rule] : rule)));

const VALUES = new Set(['string', 'integer', 'decimal', 'timestamp', 'date', 'boolean']);

/** Throws SchemaError for a field that is not there, or holds no plain value. */
export const checkUnique = (entity: Entity): void => {
  const place = `${entity.name}.unique`;
  for (const rule of entity.unique)
    for (const name of rule) {
      const field = entity.fields.find((candidate) => candidate.name === name);
      const known = entity.fields.map((candidate) => candidate.name).join(', ');
      if (!field) throw new SchemaError(place, `there is no field "${name}"`, `Use one of ${known}`);
      if (!VALUES.has(field.type.type))
        throw new SchemaError(
          place,
          `"${name}" is of type ${field.type.type}, whose values are not compared`,
          'Use a text, whole number, decimal, timestamp, date or boolean field',
        );
    }
};
