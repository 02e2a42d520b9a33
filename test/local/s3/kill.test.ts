import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { openObjectStore } from '../../../local/s3/store.ts';
import { temporaryFolder } from './harness.ts';

interface Line {
  readonly key: string;
  readonly begun?: string;
  readonly done?: string | null;
}

/** Runs the writer until it said so many lines, kills it with SIGKILL, and gives all it said. */
const writeAndKill = async (dataDir: string, first: number, lines: number): Promise<Line[]> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), dataDir, String(first)]);
  const said: Line[] = [];
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void errors.push(chunk.toString()));
  const ended = new Promise((done) => {
    child.once('close', done);
  });
  for await (const line of createInterface(child.stdout)) {
    if (line.endsWith('}')) said.push(JSON.parse(line) as Line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  await ended;
  expect(errors.join('')).toBe('');
  return said;
};

const filesUnder = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

describe('a store whose process is killed', () => {
  it('has every acknowledged write, and its list is its files', async () => {
    const folder = temporaryFolder();
    const acknowledged = new Map<string, string | null>();

    for (let round = 0; round < 6; round += 1) {
      const said = await writeAndKill(folder.dataDir, round * 1000, 60 + round * 37);
      for (const { key, done } of said) if (done !== undefined) acknowledged.set(key, done);
      const last = said.at(-1)!;
      const store = openObjectStore(folder);
      const kept = new Map(store.list('lake', '').map((info) => [info.key, readFileSync(info.path, 'utf8')]));
      const files = filesUnder(join(folder.dataDir, 's3/lake'));

      // The operation under way may have happened or not; it must not be half done.
      const underWay = last.done === undefined ? [last.begun, undefined] : [];
      for (const [key, body] of acknowledged) {
        const possible = [body ?? undefined, ...(key === last.key ? underWay : [])];
        expect(possible).toContain(kept.get(key));
      }
      expect(files.toSorted()).toEqual([...kept.keys()].toSorted());
      for (const info of store.list('lake', ''))
        expect((await store.get('lake', info.key)).length).toBe(info.size);
      for (const info of store.list('lake', '')) acknowledged.set(info.key, kept.get(info.key)!);
      for (const key of acknowledged.keys()) if (!kept.has(key)) acknowledged.set(key, null);
      store.close();
    }
    folder.remove();
  });
});
