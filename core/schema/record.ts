import * as z from 'zod';
import type { Entity } from './entity.ts';
import type { Event } from './event.ts';
import { strict } from './strict.ts';

/** The schema of a whole record, as stored and answered. Unknown fields are errors. */
export const recordSchema = (entity: Entity): z.ZodObject => strict(entity.shape);

/** The schema of a record of an existing system: whole, but what the server would add may be missing. */
export const importSchema = (entity: Entity): z.ZodObject => {
  const { version, createdAt, updatedAt } = entity.shape;
  const systemParts = {
    version: z._default(version as z.ZodNumber, 1),
    createdAt: optional(createdAt),
    updatedAt: optional(updatedAt),
  };
  return strict({ ...entity.shape, ...systemParts });
};

/** What a client may send to create a record: all but the read-only fields, at every depth. */
export const createSchema = (entity: Entity): z.ZodObject => strict(entity.shape, (meta) => !meta.readOnly);

/** The data of one event. */
export const eventSchema = (event: Event): z.ZodObject => strict(event.shape);

const optional = (schema: z.core.$ZodType | undefined): z.core.$ZodType => z.optional(schema ?? z.unknown());
