import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { GIVEN_UP_PREFIX } from '../../core/deployment.ts';
import type { SweepPorts } from './ports.ts';

/** Objects of one run, at most; the next run takes the next. */
const MOST_OBJECTS = 1000;

const isThere = (error: unknown): boolean => error instanceof Error && error.name === 'PreconditionFailed';

/** The ports of the sweep to a bucket, over the SDK. */
export const bucketPorts = (client: S3Client, bucket: string): Omit<SweepPorts, 'readKeys'> => ({
  list: async () => {
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: GIVEN_UP_PREFIX, MaxKeys: MOST_OBJECTS }),
    );
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  },
  read: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  keep: async ({ key, body }) => {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  },
  remove: async (key) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});
