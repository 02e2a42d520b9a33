import type { LogFile } from '../../../core/lake/curated/log-files.ts';
import { Outdated, type Documents } from '../../../functions/shared/lake/documents.ts';

/** Documents in memory with the conditional writes of a bucket, and files a test puts there. */
export const memoryDocuments = (files: LogFile[] = []) => {
  const kept = new Map<string, { value: unknown; etag: string }>();
  let writes = 0;
  const documents: Documents = {
    read: async (key) => structuredClone(kept.get(key)),
    write: async (key, value, found) => {
      if (kept.get(key)?.etag !== found?.etag) throw new Outdated(key);
      writes += 1;
      kept.set(key, { value: structuredClone(value), etag: `e${writes}` });
    },
    list: async (_prefix, from) => files.filter(({ name }) => name > from),
  };
  return { documents, kept, files };
};
