import { existsSync } from 'node:fs';
import { isBreak, type Change } from '../../core/evolution/change.ts';
import { changesSince } from '../../core/evolution/compare.ts';
import { lockPath, readLock } from '../../core/evolution/lock-file.ts';
import { EMPTY_LOCK, type Lock } from '../../core/evolution/lock.ts';
import { lockedSchemas } from '../../core/evolution/make.ts';
import { loadSchemaFiles, type Schema } from '../../core/schema/load.ts';
import { UserError } from '../errors.ts';

/** The schemas of a folder beside its lock. */
export interface Comparison {
  readonly folder: string;
  /** Path of the lock file. */
  readonly path: string;
  readonly lock: Lock | undefined;
  readonly schemas: Lock['schemas'];
  /** What changed since the lock; everything, where there is none. */
  readonly changes: readonly Change[];
}

/** Throws UserError for code that does not run; a SchemaError says by itself what is wrong. */
const readSchemas = async (folder: string): Promise<ReadonlyMap<Schema, string>> => {
  if (!existsSync(folder))
    throw new UserError(`There is no folder ${folder}.`, 'Name the folder of the schemas with --schemas.');
  try {
    return await loadSchemaFiles(folder);
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'SchemaError') throw error;
    throw new UserError('The schemas cannot be read:', error.stack ?? error.message);
  }
};

/** Reads schemas and lock of a folder, and compares them. */
export const compare = async (folder: string): Promise<Comparison> => {
  const files = await readSchemas(folder);
  const lock = await readLock(folder);
  const schemas = lockedSchemas(files);
  return {
    folder,
    path: lockPath(folder),
    lock,
    schemas,
    changes: changesSince(lock ?? EMPTY_LOCK, schemas),
  };
};

/** As `compare`, of a folder that has a lock. Throws UserError that says how to make one. */
export const compareWithLock = async (folder: string): Promise<Comparison> => {
  const comparison = await compare(folder);
  if (comparison.lock) return comparison;
  throw new UserError(
    `There is no lock file ${comparison.path}.`,
    'Write the first with "tailrace schema lock", and commit it.',
  );
};

/** Changes by what they do: break somebody, are worth knowing, only add. */
export const sorted = (changes: readonly Change[]) => ({
  breaks: changes.filter(isBreak),
  notices: changes.filter((change) => !isBreak(change) && change.notice !== undefined),
  additions: changes.filter((change) => !isBreak(change) && change.notice === undefined),
});
