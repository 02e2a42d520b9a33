import { AwsError } from '../service.ts';

const MAX_LINE = 16_384;

/**
 * Decodes a body in the `aws-chunked` encoding, signed or not, as it passes; what follows the last chunk lands in
 * `trailers`, names lower case. Signatures of chunks are not verified. Throws `IncompleteBody` when the body ends
 * early and `InvalidRequest` when its framing is broken.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = byteReader(source);
  try {
    for (;;) {
      const size = chunkSize(await reader.line());
      if (size === 0) break;
      yield* reader.take(size);
      if ((await reader.line()) !== '') throw broken('a chunk does not end where its length says');
    }
    await readTrailers(reader, trailers);
  } finally {
    await reader.release();
  }
}

const readTrailers = async (
  reader: ReturnType<typeof byteReader>,
  trailers: Map<string, string>,
): Promise<void> => {
  while (!(await reader.atEnd())) {
    const line = await reader.line();
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw broken(`the trailer line "${line}" has no name`);
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
};

const chunkSize = (line: string): number => {
  const size = /^([0-9a-fA-F]{1,13})(?:;.*)?$/.exec(line)?.[1];
  if (size === undefined) throw broken(`"${line.slice(0, 40)}" is not a chunk length`);
  return Number.parseInt(size, 16);
};

const byteReader = (source: AsyncIterable<Buffer>) => {
  const chunks = source[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done) return false;
    pending = pending.length === 0 ? next.value : Buffer.concat([pending, next.value]);
    return true;
  };
  return {
    /** Lets go of the source, read to its end or not. */
    release: async (): Promise<unknown> => chunks.return?.(),
    atEnd: async (): Promise<boolean> => pending.length === 0 && !(await fill()),
    line: async (): Promise<string> => {
      for (;;) {
        const end = pending.indexOf('\r\n');
        if (end > MAX_LINE || (end < 0 && pending.length > MAX_LINE)) throw broken('a line is too long');
        if (end >= 0) {
          const line = pending.toString('latin1', 0, end);
          pending = pending.subarray(end + 2);
          return line;
        }
        if (!(await fill())) throw incompleteBody();
      }
    },
    async *take(size: number): AsyncGenerator<Buffer> {
      for (let left = size; left > 0;) {
        if (pending.length === 0 && !(await fill())) throw incompleteBody();
        const part = pending.subarray(0, left);
        pending = pending.subarray(part.length);
        left -= part.length;
        if (part.length > 0) yield part;
      }
    },
  };
};

/** The body ended before the length its headers announced. */
export const incompleteBody = (): AwsError =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    400,
  );

const broken = (what: string): AwsError =>
  new AwsError('InvalidRequest', `The aws-chunked body is malformed: ${what}.`, 400);
