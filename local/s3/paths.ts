import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AwsError } from '../service.ts';

/** S3's limit on a key, in bytes of UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024;

const MAX_SEGMENT_BYTES = 255;

// Control characters, what separates or escapes paths elsewhere, and what a glob would read as a pattern.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const HOSTILE = /[\u0000-\u001f\u007f\\*?[\]{}]/;

/**
 * Where the file of a key may lie, relative to the store's folder, best first.
 * A key that is a harmless path lies at `<bucket>/<key>`. Every key also has a place of its own at
 * `.escaped/<bucket>/<sha256 of the key><extension>`, used when the first is hostile (`..`, `//`, a trailing
 * slash, control or glob characters, a segment over 255 bytes) or already taken (`a` beside `a/b`, or names
 * that differ only in case on a file system that ignores it).
 *
 * @example
 * candidatePaths('lake', 'day=2026-11-22/a.parquet')[0]; // 'lake/day=2026-11-22/a.parquet'
 */
export const candidatePaths = (bucket: string, key: string): readonly string[] =>
  isHarmless(key) ? [join(bucket, key), escapedPath(bucket, key)] : [escapedPath(bucket, key)];

/** Throws `KeyTooLongError`, or `InvalidURI` for a key that is empty or not Unicode text. */
export const checkKey = (key: string): void => {
  if (key === '' || !key.isWellFormed()) {
    throw new AwsError('InvalidURI', 'The key is empty or not valid Unicode: it has no UTF-8 form.', 400);
  }
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    const fields = { Size: size, MaxSizeAllowed: MAX_KEY_BYTES };
    throw new AwsError('KeyTooLongError', `Your key is too long: ${size} bytes of UTF-8.`, 400, fields);
  }
};

/** Throws `InvalidBucketName`. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const checkBucketName = (name: string): void => {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
  if (wellFormed && !/^\d+\.\d+\.\d+\.\d+$/.test(name)) return;
  const message = `The specified bucket is not valid: "${name}" must be 3 to 63 of a-z, 0-9, "." and "-".`;
  throw new AwsError('InvalidBucketName', message, 400, { BucketName: name });
};

const isHarmless = (key: string): boolean =>
  !HOSTILE.test(key) &&
  key
    .split('/')
    .every(
      (segment) =>
        segment !== '' &&
        segment !== '.' &&
        segment !== '..' &&
        Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES,
    );

const escapedPath = (bucket: string, key: string): string => {
  const hash = createHash('sha256').update(key).digest('hex');
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(key)?.[0] ?? '';
  return join('.escaped', bucket, hash + extension);
};
