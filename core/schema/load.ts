import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Entity } from './entity.ts';
import { SchemaError } from './error.ts';
import type { Event } from './event.ts';

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

/** Throws SchemaError when two schemas claim one name. */
export const checkNames = (schemas: readonly Schema[]): readonly Schema[] => {
  const seen = new Set<string>();
  for (const { name, plural } of schemas)
    for (const claimed of new Set([name, plural])) {
      if (seen.has(claimed))
        throw new SchemaError(
          name,
          `the name "${claimed}" is taken by another schema`,
          'Rename one, or set plural',
        );
      seen.add(claimed);
    }
  return schemas;
};

/**
 * Reads every schema of a folder. Throws SchemaError with the file's name when one is wrong.
 *
 * @example
 * const schemas = await loadSchemas('schemas');
 */
export const loadSchemas = async (folder: string): Promise<readonly Schema[]> => {
  const loaded = await Promise.all((await schemaFiles(folder)).map(loadFile));
  if (loaded.length === 0)
    throw new SchemaError('folder', `${folder} has no schema file`, 'Add one, such as schemas/order.ts');
  return checkNames(loaded.flat());
};

/** The entities among schemas. */
export const entitiesOf = (schemas: readonly Schema[]): Entity[] =>
  schemas.filter((schema) => schema.kind === 'entity');

/** The events among schemas. */
export const eventsOf = (schemas: readonly Schema[]): Event[] =>
  schemas.filter((schema) => schema.kind === 'event');
