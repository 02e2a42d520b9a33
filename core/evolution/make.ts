import { basename } from 'node:path';
import type { Schema } from '../schema/load.ts';
import { brokenBy, isBreak, type Change } from './change.ts';
import { retire } from './columns.ts';
import { changesSince } from './compare.ts';
import { lockedSchema } from './describe/schemas.ts';
import { EMPTY_LOCK, type Lock } from './lock.ts';

/**
 * Schemas as a lock holds them.
 *
 * @example
 * lockedSchemas(await loadSchemaFiles('schemas')).order?.version // 1
 */
export const lockedSchemas = (files: ReadonlyMap<Schema, string>): Lock['schemas'] =>
  Object.fromEntries([...files].map(([schema, file]) => [schema.name, lockedSchema(schema, basename(file))]));

const sentence = (change: Change): string =>
  `${change.place}: ${change.what} (${brokenBy(change).join(', ')})`;

/** The lock after schemas have become others; `reason` says why breaks were made on purpose. */
export const nextLock = (before: Lock | undefined, schemas: Lock['schemas'], reason?: string): Lock => {
  const lock = before ?? EMPTY_LOCK;
  const breaks = changesSince(lock, schemas).filter(isBreak).map(sentence);
  return {
    format: 1,
    schemas,
    retired: retire(lock, schemas),
    accepted:
      breaks.length > 0 && reason !== undefined ? [...lock.accepted, { reason, breaks }] : lock.accepted,
  };
};
