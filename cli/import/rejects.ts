import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Reject } from './candidate.ts';

/** Collects rejected lines in a file beside the imported one: `{ line, reasons, record }`, one JSON document a line. */
export const openRejects = (imported: string) => {
  const path = `${imported}.rejects.ndjson`;
  rmSync(path, { force: true });
  let stream: WriteStream | undefined;
  return {
    path,
    add: ({ line, reasons }: Reject): void => {
      stream ??= createWriteStream(path);
      stream.write(`${JSON.stringify({ line: line.number, reasons, record: line.text })}\n`);
    },
    close: async (): Promise<void> => {
      if (!stream) return;
      stream.end();
      await once(stream, 'close');
    },
  };
};
