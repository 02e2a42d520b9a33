import type { TableStore } from './context.ts';
import { liveEntries, manifestsOf } from './files.ts';
import type { Snapshot } from './metadata.ts';

/** The addresses of manifest lists, manifests and files some snapshots have; `known` are not looked into again. */
export const reachable = (
  store: TableStore,
  snapshots: readonly Snapshot[],
  known: ReadonlySet<string> = new Set(),
): Set<string> => {
  const found = new Set<string>();
  for (const snapshot of snapshots) {
    found.add(snapshot['manifest-list']);
    for (const manifest of manifestsOf(store, snapshot)) {
      if (found.has(manifest.path) || known.has(manifest.path)) continue;
      found.add(manifest.path);
      for (const { file } of liveEntries(store, manifest)) found.add(file.path);
    }
  }
  return found;
};
