import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AttributeMap } from '../../../core/lake/attribute-value.ts';

const NEWLINE = 0x0a;

interface Line {
  readonly Item: AttributeMap;
}

const parseLine = (line: Buffer): AttributeMap => (JSON.parse(line.toString('utf8')) as Line).Item;

/** The items in the whole lines of some bytes, and the bytes that are left. */
const takeLines = (bytes: Buffer): { items: AttributeMap[]; rest: Buffer } => {
  const items: AttributeMap[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
    if (end > begin) items.push(parseLine(bytes.subarray(begin, end)));
    begin = end + 1;
  }
  return { items, rest: bytes.subarray(begin) };
};

const CHUNK = 1024 * 1024;

/**
 * The items of a data file of an export, some thousands at a time: lines of DynamoDB's JSON in gzip.
 *
 * @example
 * for await (const items of exportedItems(body)) count += items.length;
 */
export async function* exportedItems(body: Readable): AsyncGenerator<AttributeMap[]> {
  const lines = body.pipe(createGunzip({ chunkSize: CHUNK }));
  body.once('error', (error) => lines.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of lines as AsyncIterable<Buffer>) {
      const taken = takeLines(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
      rest = taken.rest;
      if (taken.items.length > 0) yield taken.items;
    }
    if (rest.length > 0) yield [parseLine(rest)];
  } finally {
    body.destroy();
  }
}
