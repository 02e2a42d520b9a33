import type { IcebergRuntime } from './context.ts';
import { rememberPhysicalFiles } from './physical.ts';

/** What all statements share, with nothing in it yet. */
export const openRuntime = (): IcebergRuntime => ({
  inFlight: new Set(),
  physical: rememberPhysicalFiles(),
});
