import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSchemas } from './schemas.ts';
import { loadSchemas } from '../../core/schema/load.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const run = promisify(execFile);

interface Block {
  readonly language: string;
  readonly content: string;
}

const blocksOf = (text: string): Block[] =>
  Array.from(text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ([, language = '', content = '']) => ({
    language,
    content,
  }));

const tour = (): Block[] =>
  blocksOf(README.slice(README.indexOf('<!-- tour -->'), README.indexOf('<!-- /tour -->')));

/** What differs at every run has one name in the README. */
const normalize = (output: string): string =>
  output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"<request>"')
    .replaceAll(/: \d+ rows delivered in \d+ files/g, ': <n> rows delivered in <n> files')
    .trim();

describe('the README', () => {
  const folder = makeFolder();
  let tailrace: Tailrace;

  beforeAll(async () => {
    tailrace = await startTailrace({ dataDir: join(folder, 'data') });
  });

  afterAll(async () => {
    await tailrace.stop();
    removeFolder(folder);
  });

  /** Runs commands as a person in a shell would: earlier blocks are still in force, only the last one's output counts. */
  const inShell = async (commands: readonly string[]): Promise<string> => {
    const silent = commands.slice(0, -1).map((command) => `{ ${command}\n} >/dev/null`);
    const script = ['set -e', ...silent, commands.at(-1)]
      .join('\n')
      .replaceAll('localhost:3000', tailrace.api.replace('http://', ''));
    const [bin, work] = [join(folder, 'bin'), join(folder, 'work')];
    mkdirSync(bin, { recursive: true });
    mkdirSync(work, { recursive: true });
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(ROOT, 'cli', 'tailrace.js')}" "$@"\n`,
      { mode: 0o755 },
    );
    const environment = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      TAILRACE_DATA: tailrace.dataDir,
    };
    return (await run('bash', ['-c', script], { cwd: work, env: environment })).stdout;
  };

  test('has a tour whose every command prints what the README says', { timeout: 120_000 }, async () => {
    const blocks = tour();
    const setup: string[] = [];
    let shown = 0;
    for (const [position, { language, content }] of blocks.entries()) {
      if (language !== 'sh') continue;
      const expected = blocks[position + 1];
      const output = await inShell([...setup, content]);
      if (expected && expected.language !== 'sh') {
        expect(normalize(output)).toBe(normalize(expected.content));
        shown += 1;
      }
      setup.push(...content.split('\n').filter((line) => /^(TOKEN=|\w+\(\))/.test(line)));
    }
    expect(shown).toBe(5);
  });

  test('shows an entity that loads as it stands', async () => {
    const source = blocksOf(README).find(({ language }) => language === 'ts')?.content ?? '';
    writeSchemas(join(folder, 'schemas'), 'review.ts', source);
    const loaded = await loadSchemas(join(folder, 'schemas'));
    expect(loaded.map(({ plural }) => plural)).toContain('reviews');
  });

  test('names only commands of package.json and of the command line', async () => {
    const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object })
      .scripts;
    const named = Array.from(README.matchAll(/npm run ([\w:]+)/g), ([, name]) => name!);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    const commands = new Set(
      Array.from(README.matchAll(/tailrace (token|flush|query|import|dev)\b/g), ([, name]) => name!),
    );
    for (const command of commands) expect((await tailrace.cli(command, '--help')).code).toBe(0);
  });
});
