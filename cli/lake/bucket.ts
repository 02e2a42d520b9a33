import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { LogFile } from '../../core/lake/curated/log-files.ts';
import type { ClientConfig } from '../connection.ts';

/** A file of the lake, and when it came. Its name is relative to the prefix it was listed by. */
export interface LakeFile extends LogFile {
  readonly modified: Date;
}

/** Reads from the lake bucket. */
export interface LakeBucket {
  /** A JSON document, or undefined where there is none. */
  readonly read: (key: string) => Promise<unknown>;
  /** The files below a prefix, from a name on. */
  readonly list: (prefix: string, from?: string) => Promise<LakeFile[]>;
}

/**
 * A bucket of a lake over the SDK.
 *
 * @example
 * const bucket = openBucket(client, 'tailrace-dev-lake-123456789012-us-east-1');
 */
export const openBucket = (client: ClientConfig, Bucket: string): LakeBucket => {
  const s3 = new S3Client(client);
  return {
    read: async (Key) => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return JSON.parse((await Body?.transformToString()) ?? 'null');
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    list: async (Prefix, from = '') => {
      const files: LakeFile[] = [];
      const input = { Bucket, Prefix, ...(from === '' ? {} : { StartAfter: `${Prefix}${from}` }) };
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input))
        for (const { Key = '', Size = 0, ETag = '', LastModified = new Date(0) } of Contents)
          if (Size > 0)
            files.push({
              name: Key.slice(Prefix.length),
              size: Size,
              etag: ETag.replaceAll('"', ''),
              modified: LastModified,
            });
      return files;
    },
  };
};
