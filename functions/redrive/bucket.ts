import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { RedrivePorts } from './ports.ts';

const REFUSED = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

const isRefused = (error: unknown): boolean => error instanceof Error && REFUSED.has(error.name);

/** The ports of replaying to a bucket, over the SDK. */
export const bucketPorts = (
  client: S3Client,
  bucket: string,
): Pick<RedrivePorts, 'read' | 'claim' | 'write' | 'remove'> => {
  const put = async (key: string, text: string, condition: { IfMatch?: string } = {}): Promise<void> => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: text,
        ContentType: 'application/json',
        ...condition,
      }),
    );
  };
  return {
    read: async (key) => {
      try {
        const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return { text: (await Body?.transformToString()) ?? '', etag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    claim: async (key, text, etag) => {
      try {
        await put(key, text, { IfMatch: etag });
        return true;
      } catch (error) {
        if (isRefused(error)) return false;
        throw error;
      }
    },
    write: (key, text) => put(key, text),
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
};
