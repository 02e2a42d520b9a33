import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const HEADER = 16;
const NAME = /^(\d+)-([0-9a-f-]{36})\.spool$/;

/** One acknowledged record. */
export interface SpooledRecord {
  readonly data: Buffer;
  /** When it arrived, milliseconds since 1970. */
  readonly arrival: number;
  readonly sequenceNumber: string;
}

const frame = (data: Buffer, arrival: number): Buffer => {
  const bytes = Buffer.allocUnsafe(HEADER + data.length);
  bytes.writeUInt32LE(data.length, 0);
  bytes.writeBigUInt64LE(BigInt(arrival), 8);
  data.copy(bytes, HEADER);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
};

/** End of the frame that starts at `start`, or undefined where a write was cut off: that was not acknowledged. */
const endOfFrame = (bytes: Buffer, start: number): number | undefined => {
  if (start + HEADER > bytes.length) return undefined;
  const end = start + HEADER + bytes.readUInt32LE(start);
  if (end > bytes.length) return undefined;
  return crc32(bytes.subarray(start + 8, end)) === bytes.readUInt32LE(start + 4) ? end : undefined;
};

const sequenceNumber = (opened: number, index: number): string =>
  `49${opened}${String(index).padStart(12, '0')}`;

const readFrames = (bytes: Buffer, opened: number): SpooledRecord[] => {
  const records: SpooledRecord[] = [];
  for (
    let start = 0, end = endOfFrame(bytes, 0);
    end !== undefined;
    start = end, end = endOfFrame(bytes, start)
  ) {
    const arrival = Number(bytes.readBigUInt64LE(start + 8));
    const data = bytes.subarray(start + HEADER, end);
    records.push({ data, arrival, sequenceNumber: sequenceNumber(opened, records.length) });
  }
  return records;
};

const writeFully = (file: number, bytes: Buffer, position: number): void => {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
};

/**
 * A file of records that will be one object. Its name carries the object's uuid and the arrival of its first
 * record, so delivering it a second time after a crash replaces the same object.
 */
export class Segment {
  readonly uuid: string;
  readonly arrival: number;
  count: number;
  bytes = 0;
  readonly #path: string;
  #file: number | undefined;
  #length = 0;

  constructor(folder: string, arrival: number, uuid: string = randomUUID(), existing = false) {
    this.uuid = uuid;
    this.arrival = arrival;
    this.#path = join(folder, `${arrival}-${uuid}.spool`);
    this.#file = existing ? undefined : openSync(this.#path, 'wx');
    this.count = existing ? this.read().length : 0;
  }

  /**
   * Appends records; all are in the file when it returns, or none. Gives their sequence numbers.
   *
   * @throws the file system's error, such as ENOSPC
   */
  append(records: readonly Buffer[], arrival: number): string[] {
    if (this.#file === undefined) throw new Error(`The segment ${this.#path} is sealed.`);
    const frames = Buffer.concat(records.map((data) => frame(data, arrival)));
    try {
      writeFully(this.#file, frames, this.#length);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw error;
    }
    this.#length += frames.length;
    this.bytes += records.reduce((sum, data) => sum + data.length, 0);
    const first = this.count;
    this.count += records.length;
    return records.map((_, index) => sequenceNumber(this.arrival, first + index));
  }

  /** Ends writing. */
  seal(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  read(): SpooledRecord[] {
    return readFrames(readFileSync(this.#path), this.arrival);
  }

  /** Forgets the records: they are delivered. */
  remove(): void {
    this.seal();
    rmSync(this.#path, { force: true });
  }
}

/**
 * Opens the spool folder of a stream. Gives what an earlier process left undelivered, oldest first, and drops
 * files that hold nothing.
 */
export const recoverSegments = (folder: string): Segment[] => {
  mkdirSync(folder, { recursive: true });
  const segments = readdirSync(folder).flatMap((name) => {
    const [, arrival, uuid] = NAME.exec(name) ?? [];
    return arrival && uuid ? [new Segment(folder, Number(arrival), uuid, true)] : [];
  });
  for (const empty of segments.filter(({ count }) => count === 0)) empty.remove();
  return segments.filter(({ count }) => count > 0).toSorted((a, b) => a.arrival - b.arrival);
};
