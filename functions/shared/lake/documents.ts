import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
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
  /** Names of the folders below a prefix. */
  readonly folders: (prefix: string) => Promise<string[]>;
  /** Deletes every object below a prefix, which ends in a slash. Doing it again does nothing. */
  readonly remove: (prefix: string) => Promise<void>;
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

/** Deletes the objects of one page of a listing. Throws Error that names the first that stays. */
const removeObjects = async (
  client: S3Client,
  bucket: string,
  objects: readonly { Key?: string }[],
): Promise<void> => {
  const { Errors = [] } = await client.send(
    new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects: objects.map(({ Key = '' }) => ({ Key })), Quiet: true },
    }),
  );
  const [first] = Errors;
  if (first) throw new Error(`s3://${bucket}/${first.Key} was not deleted: ${first.Code}, ${first.Message}`);
};

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
    const input = { Bucket: bucket, Prefix: prefix, StartAfter: `${prefix}${from}` };
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, input))
      files.push(...toFiles(prefix, Contents));
    return files;
  },
  folders: async (prefix) => {
    const found: string[] = [];
    const input = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
    for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, input))
      found.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix.slice(prefix.length, -1)));
    return found;
  },
  remove: async (prefix) => {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    ))
      if (Contents.length > 0) await removeObjects(client, bucket, Contents);
  },
});
