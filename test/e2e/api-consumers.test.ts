import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../core/http/problem.ts';
import { blocksOf, runDocument } from './documents.ts';
import { makeFolder, removeFolder, runCli, startTailrace, type Tailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'api-consumers.md'), 'utf8');

describe('the page for API consumers', () => {
  const folder = makeFolder();
  let tailrace: Tailrace;

  beforeAll(async () => {
    tailrace = await startTailrace({ dataDir: join(folder, 'data') });
  });

  afterAll(async () => {
    await tailrace.stop();
    removeFolder(folder);
  });

  test('has commands that print what it says', async () => {
    const shown = await runDocument(blocksOf(PAGE), tailrace, folder);

    expect(shown.map(({ printed }) => printed)).toEqual(shown.map(({ said }) => said));
    expect(shown).toHaveLength(15);
  });

  test(
    'has a client in TypeScript that compiles, and prints what it says',
    { timeout: 120_000 },
    async () => {
      const position = blocksOf(PAGE).findIndex(({ language }) => language === 'ts');
      const [code, output] = blocksOf(PAGE).slice(position, position + 2);
      const client = join(folder, 'client');
      mkdirSync(client);
      symlinkSync(join(ROOT, 'node_modules'), join(client, 'node_modules'));
      writeFileSync(join(client, 'package.json'), '{"type":"module"}');
      writeFileSync(join(client, 'store.ts'), (await runCli(['types'])).stdout);
      const source = code!.content.replace('http://localhost:3000', tailrace.api);
      writeFileSync(join(client, 'list.ts'), source);
      const env = { ...process.env, STAFF: await tailrace.token() };
      const run = (command: string, ...parameters: string[]) =>
        promisify(execFile)(join(ROOT, 'node_modules', '.bin', command), parameters, { cwd: client, env });

      await run(
        'tsc',
        '--strict',
        '--noEmit',
        '--skipLibCheck',
        '--module',
        'nodenext',
        '--types',
        'node',
        '--allowImportingTsExtensions',
        'list.ts',
      );
      expect((await run('node', 'list.ts')).stdout).toBe(output!.content);
    },
  );

  test('names every type of problem with its status', () => {
    const rows = Array.from(PAGE.matchAll(/^\| `([\w-]+)` \| (\d{3}) \|/gm), ([, code, status]) => [
      code,
      Number(status),
    ]);

    expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]));
  });
});
