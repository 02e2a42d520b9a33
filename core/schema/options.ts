import type * as z from 'zod';
import { SchemaError } from './error.ts';

/** Field names and their Zod schemas. */
export type Shape = Readonly<Record<string, z.core.$ZodType>>;

const placeOf = (options: unknown, path: readonly PropertyKey[]): string => {
  const name = (options as { name?: unknown } | undefined)?.name;
  return [typeof name === 'string' ? name : 'schema', ...path.map(String)].join('.');
};

const toSchemaError = (schema: z.ZodObject, options: unknown, issue: z.core.$ZodIssue): SchemaError => {
  if (issue.code !== 'unrecognized_keys')
    return new SchemaError(placeOf(options, issue.path), issue.message, 'Correct the option');
  const known = Object.keys(schema.shape).join(', ');
  return new SchemaError(
    placeOf(options, issue.path),
    `unknown option "${issue.keys.join('", "')}"`,
    `Known options are ${known}`,
  );
};

/** The options of `entity()` or `event()`, with defaults. Throws SchemaError on the first that does not fit. */
export const parseOptions = <S extends z.ZodObject>(schema: S, options: unknown): z.output<S> => {
  const { data, error } = schema.safeParse(options);
  const issue = error?.issues[0];
  if (issue) throw toSchemaError(schema, options, issue);
  return data as z.output<S>;
};
