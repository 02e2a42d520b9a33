import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

/** An object that was written. */
export interface Written {
  readonly key: string;
  readonly bytes: number;
}

/** What lies below a prefix, in order of the keys. */
export const listBelow = async (client: S3Client, bucket: string, prefix: string): Promise<Written[]> => {
  const found: Written[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
    found.push(...Contents.map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size })));
  return found;
};

/** Writes objects into a folder that is there, each under a name. */
export const download = async (
  client: S3Client,
  bucket: string,
  objects: readonly { readonly key: string; readonly name: string }[],
  folder: string,
): Promise<void> => {
  for (const { key, name } of objects) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(join(folder, name)));
  }
};

/** Copies an object within S3. */
export const copy = async (
  client: S3Client,
  from: { readonly bucket: string; readonly key: string },
  to: { readonly bucket: string; readonly key: string },
): Promise<void> => {
  const CopySource = `${from.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`;
  await client.send(new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource }));
};
