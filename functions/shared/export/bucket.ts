import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Objects of the lake bucket that are texts or streams of bytes. */
export interface Objects {
  readonly open: (key: string) => Promise<Readable>;
  readonly readText: (key: string) => Promise<string>;
  readonly writeText: (key: string, text: string) => Promise<void>;
  /** Removes every object below a prefix. */
  readonly removeAll: (prefix: string) => Promise<void>;
}

/** Objects of a bucket over the SDK. */
export const bucketObjects = (client: S3Client, bucket: string): Objects => ({
  open: async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body instanceof Readable) return Body;
    throw new Error(`The object ${key} has no body.`);
  },
  readText: async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  },
  writeText: async (key, text) => {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }),
    );
  },
  removeAll: async (prefix) => {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    ))
      if (Contents.length > 0)
        await client.send(
          new DeleteObjectsCommand({
            Bucket: bucket,
            Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true },
          }),
        );
  },
});
