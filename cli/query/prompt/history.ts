import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const MOST = 1000;

/** Where earlier questions are kept: `TAILRACE_HISTORY`, else a file of the person's home. An empty name keeps none. */
export const historyPath = (environment: NodeJS.ProcessEnv): string | undefined => {
  const path = environment.TAILRACE_HISTORY ?? join(homedir(), '.tailrace_history');
  return path === '' ? undefined : path;
};

/** Earlier questions, the newest first, each in one line. */
export const readHistory = (path: string | undefined): string[] =>
  path !== undefined && existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .toReversed()
    : [];

/** Keeps questions for the next time, for this person alone: they may say what others must not see. */
export const writeHistory = (path: string | undefined, newestFirst: readonly string[]): void => {
  if (path === undefined) return;
  writeFileSync(
    path,
    newestFirst
      .slice(0, MOST)
      .toReversed()
      .map((line) => `${line}\n`)
      .join(''),
    { mode: 0o600 },
  );
};

/** A statement as the arrow keys offer it, the newest line first: in one line, if no comment in it ends with a line. */
export const linesOf = (statement: string): string[] => {
  const lines = `${statement};`.split('\n').map((line) => line.trim());
  return statement.includes('--') ? lines.toReversed() : [lines.filter((line) => line !== '').join(' ')];
};
