import type { TableStore } from './context.ts';
import {
  CONTENT,
  readManifest,
  readManifestList,
  STATUS,
  type DataFile,
  type Entry,
  type Manifest,
} from './manifest.ts';
import type { Snapshot } from './metadata.ts';
import { readObject } from './object.ts';

/** The manifests of a snapshot; none of a table without data. */
export const manifestsOf = (store: TableStore, snapshot: Snapshot | undefined): Manifest[] =>
  snapshot ? readManifestList(readObject(store, snapshot['manifest-list'])) : [];

/** A manifest's entries of files that are still in the table. */
export const liveEntries = (store: TableStore, manifest: Manifest): Entry[] =>
  readManifest(readObject(store, manifest.path), manifest).filter(({ status }) => status !== STATUS.deleted);

/** The files of a snapshot. */
export interface LiveFiles {
  readonly data: readonly Entry[];
  readonly deletes: readonly Entry[];
}

/** The files of a snapshot, but for manifests and files a test leaves out. */
export const liveFiles = (
  store: TableStore,
  snapshot: Snapshot | undefined,
  wanted: { manifest(manifest: Manifest): boolean; file(file: DataFile): boolean } = {
    manifest: () => true,
    file: () => true,
  },
): LiveFiles => {
  const entries = manifestsOf(store, snapshot)
    .filter((manifest) => wanted.manifest(manifest))
    .flatMap((manifest) => liveEntries(store, manifest));
  return {
    data: entries.filter(({ file }) => file.content === CONTENT.data && wanted.file(file)),
    deletes: entries.filter(({ file }) => file.content !== CONTENT.data),
  };
};
