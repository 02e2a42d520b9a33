import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LogFile } from '../../../core/lake/curated/log-files.ts';

/** A JSON document of the lake bucket and what it has to be, to be replaced. */
export interface Found {
  readonly value: unknown;
  readonly etag: string;
}

/** Thrown when a document is not what it was when it was read. */
export class Outdated extends Error {}

/** Small documents in the lake bucket, each replaced only as it was read; and the files of logs. */
export interface Documents {
  readonly read: (key: string) => Promise<Found | undefined>;
  /** Writes over what `read` found, or where nothing was. Throws Outdated when somebody else was first. */
  readonly write: (key: string, value: unknown, found: Found | undefined) => Promise<void>;
  /** Objects below a prefix, from a name on; names are relative to the prefix. */
  readonly list: (prefix: string, from: string) => Promise<LogFile[]>;
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && ['PreconditionFailed', 'ConditionalRequestConflict'].includes(error.name);

/** What of a listing is a file: folders and empty markers are not. */
const toFiles = (
  prefix: string,
  objects: readonly { Key?: string; Size?: number; ETag?: string }[],
): LogFile[] =>
  objects.flatMap(({ Key = '', Size = 0, ETag = '' }) =>
    Size > 0 ? [{ name: Key.slice(prefix.length), size: Size, etag: ETag.replaceAll('"', '') }] : [],
  );

/**
 * Documents and files of a bucket over the SDK. Conditional writes make one writer of several win.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @example
 * const documents = bucketDocuments(new S3Client(), 'lake');
 */
export const bucketDocuments = (client: S3Client, bucket: string): Documents => ({
  read: async (key) => {
    try {
      const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { value: JSON.parse((await Body?.transformToString()) ?? 'null'), etag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  write: async (key, value, found) => {
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: JSON.stringify(value),
          ContentType: 'application/json',
          ...(found ? { IfMatch: found.etag } : { IfNoneMatch: '*' }),
        }),
      );
    } catch (error) {
      if (isRefused(error)) throw new Outdated(`Somebody else has written ${key}.`, { cause: error });
      throw error;
    }
  },
  list: async (prefix, from) => {
    const files: LogFile[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          StartAfter: `${prefix}${from}`,
          ...(token ? { ContinuationToken: token } : {}),
        }),
      );
      files.push(...toFiles(prefix, page.Contents ?? []));
      token = page.NextContinuationToken;
    } while (token);
    return files;
  },
});
