import * as z from 'zod';
import { definition, unwrap } from './field-type.ts';

type Schema = z.core.$ZodType;
type Shape = Readonly<Record<string, Schema>>;
type KeepField = (meta: z.GlobalMeta) => boolean;

const rebuild = (schema: Schema, change: object): Schema =>
  z.clone(schema, { ...definition(schema), ...change });

const rebuildShape = (shape: Shape, keep: KeepField): Shape =>
  Object.fromEntries(
    Object.entries(shape)
      .filter(([, schema]) => keep(unwrap(schema).meta))
      .map(([name, schema]) => [name, prune(schema, keep)]),
  );

const pruners: Readonly<Record<string, (schema: Schema, keep: KeepField) => Schema>> = {
  object: (schema, keep) =>
    rebuild(schema, { shape: rebuildShape(definition(schema).shape, keep), catchall: z.never() }),
  array: (schema, keep) => rebuild(schema, { element: prune(definition(schema).element, keep) }),
  optional: (schema, keep) => rebuild(schema, { innerType: prune(definition(schema).innerType, keep) }),
  default: (schema, keep) => rebuild(schema, { innerType: prune(definition(schema).innerType, keep) }),
};

const prune = (schema: Schema, keep: KeepField): Schema => {
  const pruner = pruners[definition(schema).type];
  if (!pruner || unwrap(schema).meta.kind) return schema;
  const pruned = pruner(schema, keep);
  const meta = z.globalRegistry.get(schema);
  if (meta) z.globalRegistry.add(pruned, meta);
  return pruned;
};

/**
 * An object schema of the fields for which `keep` holds, at every depth, and of no other:
 * unknown keys are errors wherever they stand.
 *
 * @example
 * strict(order.shape, (meta) => !meta.readOnly) // what a client may send
 */
export const strict = (shape: Shape, keep: KeepField = () => true): z.ZodObject =>
  z.strictObject(rebuildShape(shape, keep));
