import { mkdirSync, rmSync } from 'node:fs';
import type { IcebergRuntime } from './context.ts';
import { rememberPhysicalFiles } from './physical.ts';

/** Opens what all statements share; what a killed process left in the folder of drafts is deleted. */
export const openRuntime = (draftDir: string): IcebergRuntime => {
  rmSync(draftDir, { recursive: true, force: true });
  mkdirSync(draftDir, { recursive: true });
  return { draftDir, inFlight: new Set(), physical: rememberPhysicalFiles() };
};
