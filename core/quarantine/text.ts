import { gunzipSync } from 'node:zlib';
import { isUtf8 } from 'node:buffer';

/** More than any object has that Firehose or Lambda write. */
const MOST_BYTES = 512 * 1024 * 1024;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const decompressed = (bytes: Uint8Array): Uint8Array | undefined => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    return undefined;
  }
};

/**
 * The text of an object, compressed with gzip or not; undefined for what is no text.
 *
 * @example
 * textOf(gzipSync('{}')) // {}
 */
export const textOf = (bytes: Uint8Array): string | undefined => {
  const plain = isGzip(bytes) ? decompressed(bytes) : bytes;
  return plain && isUtf8(plain) ? Buffer.from(plain).toString('utf8') : undefined;
};

/** The value of a JSON text; undefined for what is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
