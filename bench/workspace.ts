import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** Ends the child and what it started: it leads a process group of its own. */
const killGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Leaves nothing behind, however the benchmark ends. Synchronous: it runs while the process exits. */
const cleanUp = (): void => {
  for (const child of children) killGroup(child);
  for (const folder of folders) remove(folder);
};

/** Cleans up at the end of this process, Ctrl-C included. Call it once, before anything is started. */
export const cleanUpOnExit = (): void => {
  process.once('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
};

/** A child, spawned with `detached`, that must not outlive this process. */
export const supervise = <T extends ChildProcess>(child: T): T => {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
};

/** An empty folder on the disk that goes away with its `using` block, at the latest with this process. */
export const temporaryFolder = (): { readonly path: string } & Disposable => {
  const path = mkdtempSync(join(tmpdir(), 'tailrace-bench-'));
  folders.add(path);
  return {
    path,
    [Symbol.dispose]: () => {
      remove(path);
      folders.delete(path);
    },
  };
};
