import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../cli/dev/synth.ts';

/** Folders of the synthesized stacks of the stage `dev`. */
export interface Assemblies {
  readonly whole: string;
  /** Without saved queries and marts, which a refresh would make. */
  readonly martless: string;
  /** A folder of queries that has none. */
  readonly noQueries: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly assemblies: Assemblies | undefined;
  }
}

/** Synthesizes the stacks once for all files of a run. */
export const setup = async (project: TestProject): Promise<() => void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tailrace-assembly-'));
  const [whole, martless, noQueries] = ['whole', 'martless', 'no-queries'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  mkdirSync(noQueries);
  await Promise.all([
    synthesize({ outDir: whole, stage: 'dev' }),
    synthesize({ outDir: martless, stage: 'dev', queries: noQueries }),
  ]);
  project.provide('assemblies', { whole, martless, noQueries });
  return () => rmSync(folder, { recursive: true });
};
