import type { Documents, Found } from './documents.ts';
import {
  NOTHING_MERGED,
  watermarkKey,
  watermarkSchema,
  type Watermark,
} from '../../../core/lake/state/watermark.ts';

/** An entity's watermark, and what was found of it in the bucket. Throws Error when it is no watermark. */
export const readWatermark = async (
  documents: Pick<Documents, 'read'>,
  entity: string,
): Promise<{ watermark: Watermark; found: Found | undefined }> => {
  const found = await documents.read(watermarkKey(entity));
  if (!found) return { watermark: NOTHING_MERGED, found };
  const { data, error } = watermarkSchema.safeParse(found.value);
  if (data) return { watermark: data, found };
  throw new Error(
    `${watermarkKey(entity)} in the lake bucket is no watermark: ${error.message}. ` +
      'Delete it: the next refresh merges the whole log again, which changes nothing that is there.',
  );
};

/** Reads an entity's watermark, changes it and writes it back. Throws Outdated when somebody else was first. */
export const changeWatermark = async (
  documents: Documents,
  entity: string,
  change: (watermark: Watermark) => Watermark,
): Promise<Watermark> => {
  const { watermark, found } = await readWatermark(documents, entity);
  const next = change(watermark);
  await documents.write(watermarkKey(entity), next, found);
  return next;
};
