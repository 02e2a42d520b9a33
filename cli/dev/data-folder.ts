import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors.ts';

const MARK = 'README.txt';
const LOCK = 'dev.lock';
const MARK_TEXT =
  'The data of a local Tailrace cloud. Delete the folder, or start with --fresh, to start over.\n';

const checkOurs = (folder: string): void => {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length > 0 && !names.includes(MARK))
    throw new UserError(
      `The folder ${folder} holds something else.`,
      'Name an empty or new folder with --data.',
    );
};

/** A lock the system takes back when this process ends, however it ends: that of an SQLite file. */
const lock = (folder: string): DatabaseSync => {
  const file = new DatabaseSync(join(folder, LOCK));
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return file;
  } catch {
    file.close();
    throw new UserError(
      `A local cloud already runs on ${folder}.`,
      'Stop it, or name another folder with --data.',
    );
  }
};

const empty = (folder: string): void => {
  for (const name of readdirSync(folder))
    if (name !== MARK && !name.startsWith(LOCK)) rmSync(join(folder, name), { recursive: true });
};

const prepare = (folder: string, fresh: boolean): DatabaseSync => {
  checkOurs(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), MARK_TEXT);
  const held = lock(folder);
  if (fresh) empty(folder);
  return held;
};

/** Takes a data folder for this process; `fresh` empties it first. Throws UserError when it is taken, not ours or not writable. */
export const takeDataFolder = (folder: string, fresh: boolean): { release(): void } => {
  try {
    const held = prepare(folder, fresh);
    return { release: () => held.close() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The data folder cannot be used: ${(error as Error).message}.`,
      'Name another with --data.',
    );
  }
};
