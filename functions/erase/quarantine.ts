import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { sameJson } from '../../core/http/patch.ts';
import { tokenOpening } from '../../core/privacy/token.ts';
import { inParallel } from '../shared/parallel.ts';
import type { QuarantineObjects } from './ports.ts';
import type { ErasureItem } from './state.ts';

/** Objects of quarantine over the SDK. */
export const quarantineObjects = (client: S3Client, Bucket: string, Prefix: string): QuarantineObjects => ({
  list: async function* () {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
  },
  read: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  remove: async (key) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
  },
});

const keptSchema = z.looseObject({ entity: z.string(), key: z.unknown() });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether an object is of a person: sealed under their key, or of a record that was theirs. */
const isOf = (text: string, subject: string, items: readonly ErasureItem[]): boolean => {
  if (text.includes(tokenOpening(subject))) return true;
  const { data } = keptSchema.safeParse(parsed(text));
  return items.some(({ entity, key }) => data?.entity === entity && sameJson(data.key, key));
};

const AT_ONCE = 16;
const BATCH = 500;

/**
 * Removes what quarantine has of a person. What lies there under nobody's key, because nobody could tell whose it was, is found
 * by the keys of the person's records. Answers how many objects went.
 */
export const removeQuarantined = async (
  objects: QuarantineObjects,
  subject: string,
  items: readonly ErasureItem[],
): Promise<number> => {
  let removed = 0;
  const removeOf = async (keys: readonly string[]): Promise<void> => {
    await inParallel(keys, AT_ONCE, async (key) => {
      const text = await objects.read(key);
      if (text === undefined || !isOf(text, subject, items)) return;
      await objects.remove(key);
      removed += 1;
    });
  };
  let batch: string[] = [];
  for await (const key of objects.list()) {
    batch.push(key);
    if (batch.length < BATCH) continue;
    await removeOf(batch);
    batch = [];
  }
  await removeOf(batch);
  return removed;
};
