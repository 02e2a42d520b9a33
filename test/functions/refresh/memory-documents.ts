import type { LogFile } from '../../../core/lake/curated/log-files.ts';
import { Outdated, type Documents } from '../../../functions/shared/lake/documents.ts';

/** Documents in memory with the conditional writes of a bucket, and files a test puts there. */
export const memoryDocuments = (files: LogFile[] = []) => {
  const kept = new Map<string, { value: unknown; etag: string }>();
  /** Keys of objects that are neither documents nor files of logs. */
  const objects = new Set<string>();
  let writes = 0;
  const documents: Documents = {
    read: async (key) => structuredClone(kept.get(key)),
    write: async (key, value, found) => {
      if (kept.get(key)?.etag !== found?.etag) throw new Outdated(key);
      writes += 1;
      kept.set(key, { value: structuredClone(value), etag: `e${writes}` });
    },
    list: async (_prefix, from) => files.filter(({ name }) => name > from),
    folders: async (prefix) => [
      ...new Set(
        [...objects]
          .filter((key) => key.startsWith(prefix))
          .map((key) => key.slice(prefix.length).split('/')[0]!),
      ),
    ],
    remove: async (prefix) => {
      for (const key of objects) if (key.startsWith(prefix)) objects.delete(key);
    },
  };
  return { documents, kept, files, objects };
};
