import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createDigest, type ChecksumAlgorithm } from './checksums.ts';

/** What an object can be made of. A `path` is a file that moves into the store and is gone from where it was. */
export type ObjectBody = Buffer | string | { readonly path: string } | AsyncIterable<Buffer>;

/** Size in bytes and digests of what passed by; `checksums` are base64. */
export interface Measure {
  readonly size: number;
  readonly md5: Buffer;
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
}

/** Bytes in a temporary file, measured, not yet an object. */
export interface Staged extends Measure {
  readonly file: string;
}

/** A running measure: feed it every chunk, then read the result once. */
export const measuring = (algorithms: readonly ChecksumAlgorithm[]) => {
  const md5 = createHash('md5');
  const digests = new Map([...new Set(algorithms)].map((name) => [name, createDigest(name)] as const));
  let size = 0;
  return {
    update: (chunk: Buffer): void => {
      size += chunk.length;
      md5.update(chunk);
      for (const digest of digests.values()) digest.update(chunk);
    },
    result: (): Measure => ({
      size,
      md5: md5.digest(),
      checksums: new Map([...digests].map(([name, digest]) => [name, digest.digest().toString('base64')])),
    }),
  };
};

/**
 * Brings a body into a temporary file of `folder`, chunk by chunk, and measures it on the way.
 * When it fails nothing is left behind.
 */
export const stage = async (
  folder: string,
  body: ObjectBody,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<Staged> => {
  const file = join(folder, randomUUID());
  try {
    const measure = isFile(body)
      ? await moveIn(body.path, file, algorithms)
      : await writeIn(body, file, algorithms);
    return { ...measure, file };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
};

const isFile = (body: ObjectBody): body is { readonly path: string } =>
  typeof body === 'object' && !(body instanceof Readable) && 'path' in body && typeof body.path === 'string';

const moveIn = async (from: string, file: string, algorithms: readonly ChecksumAlgorithm[]) => {
  await rename(from, file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    await copyFile(from, file);
    await rm(from);
  });
  const measure = measuring(algorithms);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
    measure.update(chunk as Buffer);
  return measure.result();
};

const writeIn = async (
  body: Exclude<ObjectBody, { readonly path: string }>,
  file: string,
  algorithms: readonly ChecksumAlgorithm[],
) => {
  const measure = measuring(algorithms);
  const chunks = typeof body === 'string' ? [Buffer.from(body)] : Buffer.isBuffer(body) ? [body] : body;
  const handle = await open(file, 'wx');
  try {
    for await (const chunk of chunks) {
      measure.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return measure.result();
};
