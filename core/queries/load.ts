import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { QueryError } from './error.ts';
import { parseQueries, type SavedQuery } from './parse.ts';

/**
 * The folder of queries: the one that is named, else `queries` beside the folder of schemas, if it is there.
 *
 * @example
 * queryFolderOf({ schemaFolder: 'schemas', named: process.env.TAILRACE_QUERIES })
 */
export const queryFolderOf = ({
  schemaFolder,
  named,
}: {
  schemaFolder: string;
  named?: string | undefined;
}): string | undefined => {
  if (named !== undefined) return resolve(named);
  const beside = resolve(schemaFolder, '..', 'queries');
  return existsSync(beside) ? beside : undefined;
};

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new QueryError(
      folder,
      'folder',
      'it is not there',
      'Set TAILRACE_QUERIES to a folder of .sql files, or do not set it',
    );
  }
};

/** Reads every query of a folder; none where there is no folder. Throws QueryError that names file, place and cure. */
export const loadQueries = async (folder: string | undefined): Promise<SavedQuery[]> => {
  if (folder === undefined) return [];
  const names = await namesIn(folder);
  const read = async (file: string) => ({ file, text: await readFile(join(folder, file), 'utf8') });
  return parseQueries(await Promise.all(names.map(read)));
};
