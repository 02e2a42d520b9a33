import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ObjectStore } from '../../s3/store.ts';
import { folderOf, manifestOf, md5Of, type DataFile, type Export } from './manifest.ts';
import type { Snapshot } from './snapshot.ts';

/** Bytes of items in a data file: AWS makes one for each partition. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Bytes read before others get a turn. */
const TURN_BYTES = 512 * 1024;

const pack = promisify(gzip);

const fileName = (): string => `${randomBytes(13).toString('hex')}.json.gz`;

/** The lines of the next data file; none at the end. */
const nextLines = async (snapshot: Snapshot): Promise<string[]> => {
  const lines: string[] = [];
  for (let size = 0; size < FILE_BYTES; size += TURN_BYTES) {
    const items = snapshot.next(TURN_BYTES);
    if (items.length === 0) break;
    for (const item of items) lines.push(`{"Item":${item}}\n`);
    await setImmediate();
  }
  return lines;
};

const writeFile = async (
  store: Pick<ObjectStore, 'put'>,
  one: Export,
  lines: readonly string[],
): Promise<DataFile> => {
  const key = `${folderOf(one)}data/${fileName()}`;
  const body = await pack(lines.join(''));
  const { etag } = await store.put(one.bucket, key, body);
  return { key, itemCount: lines.length, md5: md5Of(body), etag };
};

/** Writes the data files of a snapshot, at least one, and then the manifest; answers the export as it ended. */
export const writeExport = async (
  store: Pick<ObjectStore, 'put'>,
  one: Export,
  snapshot: Snapshot,
  now: () => number,
): Promise<Export> => {
  await store.put(one.bucket, `${folderOf(one)}_started`, Buffer.alloc(0));
  const files: DataFile[] = [];
  let bytes = 0;
  for (let lines = await nextLines(snapshot); ; lines = await nextLines(snapshot)) {
    if (lines.length === 0 && files.length > 0) break;
    files.push(await writeFile(store, one, lines));
    bytes += lines.reduce((total, line) => total + line.length, 0);
  }
  const itemCount = files.reduce((total, file) => total + file.itemCount, 0);
  const done: Export = { ...one, status: 'COMPLETED', endTime: now(), itemCount, bytes };
  for (const { key, body } of manifestOf(done, files)) await store.put(one.bucket, key, Buffer.from(body));
  return done;
};
