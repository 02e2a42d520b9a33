import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../cli/dev/synth.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the synthesized stacks of the stage `dev`. */
    readonly assembly: string | undefined;
  }
}

/** Synthesizes the stacks once for all files of a run. */
export const setup = async (project: TestProject): Promise<() => void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tailrace-assembly-'));
  await synthesize({ outDir: folder, stage: 'dev' });
  project.provide('assembly', folder);
  return () => rmSync(folder, { recursive: true });
};
