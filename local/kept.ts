import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** Items by a key, in the order they were first put; on disk too. */
export interface Kept<T> {
  get(key: string): T | undefined;
  all(): T[];
  put(key: string, item: T): void;
  /** Whether there was one. */
  remove(key: string): boolean;
}

/** Opens the items kept in a JSON file, whole or not at all: none where there is no such file yet. */
export const openKept = <T>(file: string, shape: z.ZodType<T>): Kept<T> => {
  const items = new Map(load(file, z.array(z.tuple([z.string(), shape]))));
  const save = () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify([...items]));
    renameSync(`${file}.new`, file);
  };
  return {
    get: (key) => items.get(key),
    all: () => [...items.values()],
    put(key, item) {
      items.set(key, item);
      save();
    },
    remove(key) {
      const existed = items.delete(key);
      if (existed) save();
      return existed;
    },
  };
};

const load = <T>(file: string, shape: z.ZodType<T[]>): T[] => {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} cannot be read: ${(error as Error).message}. Restore or delete it.`, {
      cause: error,
    });
  }
};
