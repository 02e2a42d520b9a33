import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of a file that is not blank, its number from 1, and how many bytes of the file were read by then. */
export interface Line {
  readonly number: number;
  readonly text: string;
  readonly bytesRead: number;
}

/** Reads the lines of a UTF-8 file one by one; a byte order mark and blank lines are passed over. */
export const readLines = async function* (path: string): AsyncGenerator<Line> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  let number = 0;
  for await (const raw of createInterface({ input: stream, crlfDelay: Infinity })) {
    number += 1;
    const text = number === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() !== '') yield { number, text, bytesRead: stream.bytesRead };
  }
};
