import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { BACKFILL_PREFIX } from '../../core/deployment.ts';

const job = z.object({
  execution: z.string(),
  items: z.int().optional(),
  sent: z.int(),
  quarantined: z.int(),
  finishedAt: z.string().optional(),
});

/** How far the backfill of an entity is. */
export type Job = z.infer<typeof job>;

/** Reads how far the newest backfill of an entity is; undefined before the first. */
export const readJob = async (client: S3Client, bucket: string, entity: string): Promise<Job | undefined> => {
  try {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: `${BACKFILL_PREFIX}${entity}.json` }),
    );
    return job.parse(JSON.parse((await Body?.transformToString()) ?? '{}'));
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};
