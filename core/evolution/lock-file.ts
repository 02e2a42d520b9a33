import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SchemaError } from '../schema/error.ts';
import { lockSchema, type Lock } from './lock.ts';
import { lockText } from './text.ts';

/** The lock of a folder of schemas, as seen from here: `schemas/schema.lock.json`. */
export const lockPath = (folder: string): string => relative(process.cwd(), join(folder, 'schema.lock.json'));

const CURE = 'Take the file of your main branch, then run "tailrace schema lock"';

const parse = (text: string, path: string): Lock => {
  try {
    const { data, error } = lockSchema.safeParse(JSON.parse(text));
    if (data) return data;
    const [issue] = error.issues;
    throw new SchemaError(issue?.path.join('.') || 'lock', String(issue?.message), CURE, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SchemaError('lock', 'it is no JSON, perhaps for a merge nobody finished', CURE, path);
  }
};

/** The lock of a folder of schemas; undefined where there is none. Throws SchemaError when it is no lock. */
export const readLock = async (folder: string): Promise<Lock | undefined> => {
  const path = lockPath(folder);
  try {
    return parse(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Puts a lock in place, whole or not at all. */
export const writeLock = async (folder: string, lock: Lock): Promise<void> => {
  const path = lockPath(folder);
  const written = `${path}.${process.pid}`;
  await writeFile(written, lockText(lock));
  await rename(written, path);
};
