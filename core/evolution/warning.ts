import type { Schema } from '../schema/load.ts';
import { isBreak } from './change.ts';
import { changesSince } from './compare.ts';
import { lockPath, readLock } from './lock-file.ts';
import { lockedSchemas } from './make.ts';

/** What to say to whoever is about to deploy schemas that break what their lock holds; undefined where they do not. */
export const breakWarning = async (
  folder: string,
  files: ReadonlyMap<Schema, string>,
): Promise<string | undefined> => {
  const lock = await readLock(folder);
  const breaks = lock ? changesSince(lock, lockedSchemas(files)).filter(isBreak) : [];
  if (breaks.length === 0) return undefined;
  const places = [...new Set(breaks.map(({ place }) => place))].join(', ');
  return `warning: the schemas break what ${lockPath(folder)} holds, at ${places}. "tailrace schema check" says whom, and what to do.`;
};
