import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';
import type { Event } from './event.ts';
import { checkReferenced } from './references.ts';

/** Anything a schema file may declare. */
export type Schema = Entity | Event;

/** True for what `entity()` and `event()` return. */
export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'entity' || value.kind === 'event');

/** The schema files of a folder: every `.ts` file but `index.ts`, in order of name. */
export const schemaFiles = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && name !== 'index.ts')
    .toSorted()
    .map((name) => join(folder, name));
};

const importFile = async (path: string): Promise<Record<string, unknown>> => {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Error && error.name === 'SchemaError')
      throw (error as SchemaError).in(relative(process.cwd(), path));
    throw error;
  }
};

const loadFile = async (path: string): Promise<Schema[]> => {
  const schemas = Object.values(await importFile(path)).filter(isSchema);
  if (schemas.length > 0) return schemas;
  throw new SchemaError(
    'file',
    'it exports no entity() and no event()',
    'Export one, or move the file out of the folder',
    relative(process.cwd(), path),
  );
};

/** What a schema is called anywhere: a table, a stream, a view, a change log. */
const claimedNames = ({ kind, name, plural }: Schema): Set<string> =>
  new Set([name, plural, ...(kind === 'entity' ? [`${plural}_changes`] : [])]);

/** Throws SchemaError, with the file where it is known, when two schemas claim one name or one refers to nothing. */
export const checkNames = (
  schemas: readonly Schema[],
  files: ReadonlyMap<Schema, string> = new Map(),
): readonly Schema[] => {
  const seen = new Set<string>();
  for (const schema of schemas)
    for (const claimed of claimedNames(schema)) {
      if (seen.has(claimed))
        throw new SchemaError(
          schema.name,
          `the name "${claimed}" is taken by another schema`,
          'Rename one, or set plural',
          files.get(schema),
        );
      seen.add(claimed);
    }
  checkReferenced(entitiesOf(schemas), files);
  return schemas;
};

/**
 * Every schema of a folder, with the file it is in, as seen from here. Throws SchemaError with the file's name when one
 * is wrong.
 */
export const loadSchemaFiles = async (folder: string): Promise<ReadonlyMap<Schema, string>> => {
  const paths = await schemaFiles(folder);
  const loaded = await Promise.all(paths.map(loadFile));
  if (loaded.length === 0)
    throw new SchemaError('folder', `${folder} has no schema file`, 'Add one, such as schemas/order.ts');
  const files = new Map(
    loaded.flatMap((schemas, index) =>
      schemas.map((schema) => [schema, relative(process.cwd(), paths[index] ?? '')] as const),
    ),
  );
  checkNames(loaded.flat(), files);
  return files;
};

/**
 * Reads every schema of a folder, as `loadSchemaFiles` does.
 *
 * @example
 * const schemas = await loadSchemas('schemas');
 */
export const loadSchemas = async (folder: string): Promise<readonly Schema[]> => [
  ...(await loadSchemaFiles(folder)).keys(),
];

/** The entities among schemas. */
export const entitiesOf = (schemas: readonly Schema[]): Entity[] =>
  schemas.filter((schema) => schema.kind === 'entity');

/** The events among schemas. */
export const eventsOf = (schemas: readonly Schema[]): Event[] =>
  schemas.filter((schema) => schema.kind === 'event');
