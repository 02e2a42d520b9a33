import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { textOf } from '../../core/quarantine/text.ts';
import type { SweepPorts } from './ports.ts';

const isThere = (error: unknown): boolean => error instanceof Error && error.name === 'PreconditionFailed';

/** The ports of the sweep to a bucket, over the SDK. */
export const bucketPorts = (client: S3Client, bucket: string): Omit<SweepPorts, 'readKeys'> => ({
  list: async function* (prefix) {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    ))
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
  },
  read: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      // What is no text is kept all the same: a character a byte.
      return textOf(bytes) ?? Buffer.from(bytes).toString('latin1');
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
  replace: async ({ key, body }) => {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }),
    );
  },
  remove: async (key) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});
