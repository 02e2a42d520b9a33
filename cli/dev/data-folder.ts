import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

const MARK = 'README.txt';
const LOCK = 'dev.lock';
const MARK_TEXT =
  'The data of a local Tailrace cloud. Delete the folder, or start with --fresh, to start over.\n';

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const checkOurs = (folder: string): void => {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length > 0 && !names.includes(MARK))
    throw new UserError(
      `The folder ${folder} holds something else.`,
      'Name an empty or new folder with --data.',
    );
};

const checkUnlocked = (folder: string): void => {
  const path = join(folder, LOCK);
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8'));
  if (pid > 0 && pid !== process.pid && isRunning(pid))
    throw new UserError(
      `A local cloud already runs on ${folder} (process ${pid}).`,
      'Stop it, or name another folder with --data.',
    );
};

const prepare = (folder: string, fresh: boolean): void => {
  checkOurs(folder);
  checkUnlocked(folder);
  if (fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), MARK_TEXT);
  writeFileSync(join(folder, LOCK), String(process.pid));
};

/** Takes a data folder for this process; `fresh` empties it first. Throws UserError when it is taken, not ours or not writable. */
export const takeDataFolder = (folder: string, fresh: boolean): { release(): void } => {
  try {
    prepare(folder, fresh);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The data folder cannot be used: ${(error as Error).message}.`,
      'Name another with --data.',
    );
  }
  return { release: () => rmSync(join(folder, LOCK), { force: true }) };
};
