import { accessSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { UserError } from '../errors.ts';

/** Where an export goes: a folder here, or a place in S3. */
export type Target =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** An S3 URI apart, its prefix with a slash at the end, or undefined for what is none. */
export const parseUri = (uri: string): { bucket: string; prefix: string } | undefined => {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: key.replace(/\/*$/, key === '' ? '' : '/') };
};

/** Reads `--to`. */
export const toTarget = (to: string): Target => {
  if (!to.startsWith('s3://')) return { kind: 'folder', path: resolve(to) };
  const place = parseUri(to);
  if (place) return { kind: 's3', ...place };
  throw new UserError(`"${to}" is no place in S3.`, 'Write s3://<bucket>/<prefix>/.');
};

/** Makes a folder if it is not there. Throws UserError where there can be none, before anything is asked. */
const openFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new UserError(
      `Nothing can be written to ${path} (${(error as Error).message}).`,
      'Name another folder with --to.',
    );
  }
};

const isEmpty = async (client: S3Client, target: Target): Promise<boolean> => {
  if (target.kind === 'folder') {
    openFolder(target.path);
    return readdirSync(target.path).length === 0;
  }
  const input = { Bucket: target.bucket, Prefix: target.prefix, MaxKeys: 1 };
  const { Contents = [] } = await client.send(new ListObjectsV2Command(input));
  return Contents.length === 0;
};

/** Throws UserError for a place with something in it, or that cannot be: an export is whole, and mixes with nothing. */
export const requireEmpty = async (client: S3Client, target: Target): Promise<void> => {
  if (await isEmpty(client, target)) return;
  throw new UserError(
    `There is something in ${target.kind === 's3' ? `s3://${target.bucket}/${target.prefix}` : target.path} already.`,
    'Name another place with --to, or empty this one.',
  );
};
