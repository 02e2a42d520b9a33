import { existsSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Intent, ObjectIndex, ObjectRow } from './object-index.ts';
import { candidatePaths } from './paths.ts';

/** Row of an object whose place is not chosen yet. */
export type Unplaced = Omit<ObjectRow, 'path'>;

// What a file system says to a name it cannot take: a parent is a file, the name is a folder, too long, not encodable.
const UNUSABLE = new Set(['ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL']);

/**
 * Moves files in and out of the tree together with their rows. Each change is one synchronous step for readers in
 * this process, and is written down as an intent first, so that a kill at any point leaves either the old object
 * or the new one, never the file of one with the row of the other.
 */
export const objectFiles = (root: string, index: ObjectIndex) => ({
  /** Makes the temporary file the object; `also` runs in the transaction that records it. */
  place(object: Unplaced, temp: string, also?: () => void): ObjectRow {
    const current = index.findObject(object.bucket, object.key);
    const paths = current ? [current.path] : candidatePaths(object.bucket, object.key);
    for (const path of paths) {
      const row = { ...object, path };
      const last = path === paths.at(-1);
      if (!last && isTaken(join(root, path))) continue;
      try {
        moveInto(root, index, row, temp, also);
        return row;
      } catch (error) {
        if (last || !UNUSABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
    throw new Error(`No place for the object ${object.key}.`);
  },

  /** Removes the object, its file and the folders that become empty. */
  erase(row: ObjectRow): void {
    const { bucket, key, path } = row;
    const intent = index.begin({ temp: '', bucket, key, path });
    finishErase(root, index, intent);
  },

  /** Finishes or forgets what a killed process left open. */
  recover(): void {
    for (const intent of index.openIntents()) {
      if (!intent.row) finishErase(root, index, intent);
      else if (wasRenamed(root, intent)) index.settle(intent);
      else index.cancel(intent);
    }
  },
});

const wasRenamed = (root: string, intent: Intent): boolean =>
  !existsSync(join(root, intent.temp)) && existsSync(join(root, intent.path));

const isTaken = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
};

const moveInto = (
  root: string,
  index: ObjectIndex,
  row: ObjectRow,
  temp: string,
  also?: () => void,
): void => {
  const target = join(root, row.path);
  mkdirSync(dirname(target), { recursive: true });
  const { bucket, key, path } = row;
  const intent = index.begin({ temp: relative(root, temp), bucket, key, path, row });
  try {
    renameSync(temp, target);
  } catch (error) {
    index.cancel(intent);
    throw error;
  }
  index.settle(intent, also);
};

const finishErase = (root: string, index: ObjectIndex, intent: Intent): void => {
  rmSync(join(root, intent.path), { force: true });
  index.settle(intent);
  pruneEmpty(join(root, intent.path), join(root, intent.bucket), join(root, '.escaped'));
};

const pruneEmpty = (path: string, ...keep: readonly string[]): void => {
  for (let folder = dirname(path); !keep.includes(folder); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
};
