import * as z from 'zod';
import type { namesOf } from '../../core/deployment.ts';
import type { Entity } from '../../core/schema/entity.ts';
import { innerOf } from '../../core/schema/field-type.ts';
import { createSchema, recordSchema } from '../../core/schema/record.ts';
import { limitCheck, type LimitCheck } from './limits.ts';

/** What the function needs of one entity. */
export interface Model {
  readonly entity: Entity;
  readonly table: string;
  readonly create: z.ZodObject;
  readonly record: z.ZodObject;
  readonly limits: LimitCheck;
}

/** The model of an entity in a deployment. Its schemas are made when first asked for: no cold start needs all of them. */
export const modelOf = (entity: Entity, names: Pick<ReturnType<typeof namesOf>, 'table'>): Model => {
  const made: { create?: z.ZodObject; record?: z.ZodObject } = {};
  return {
    entity,
    table: names.table(entity),
    get create() {
      return (made.create ??= createSchema(entity));
    },
    get record() {
      return (made.record ??= recordSchema(entity));
    },
    limits: limitCheck(entity),
  };
};

/** A value in its one stored form, or what is wrong with it. */
export type Parsed = { readonly value: unknown } | { readonly messages: readonly string[] };

/** A key field's value from the text of a path or query: `'42'` is 42 for an integer field. */
export const parseText = ({ entity, limits }: Model, name: string, text: string): Parsed => {
  const schema = entity.shape[name];
  if (!schema) throw new TypeError(`${entity.name} has no field ${name}`);
  const isInteger = entity.fields.find((field) => field.name === name)?.type.type === 'integer';
  const value = isInteger && /^-?\d{1,16}$/.test(text) ? Number(text) : text;
  const result = z.safeParse(innerOf(schema), value);
  const issues = result.success ? limits({ [name]: result.data }) : result.error.issues;
  return issues.length > 0 ? { messages: issues.map(({ message }) => message) } : { value: result.data };
};
