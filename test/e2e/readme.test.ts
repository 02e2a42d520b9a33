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

const CLI = join(ROOT, 'cli', 'tailrace.js');
const MARK = '<end of block>';

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
    .replaceAll(/: \d+ rows? delivered in \d+ files?/g, ': <n> rows delivered in <n> files')
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

  /** Runs all blocks in one shell, as a person would, and gives what each printed. */
  const inShell = async (blocks: readonly string[]): Promise<string[]> => {
    const script = ['set -e', ...blocks.flatMap((block) => [block, `echo '${MARK}'`])].join('\n');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${CLI}" "$@"\n`, {
      mode: 0o755,
    });
    const environment = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      TAILRACE_DATA: tailrace.dataDir,
    };
    const address = tailrace.api.replace('http://', '');
    const { stdout } = await run('bash', ['-c', script.replaceAll('localhost:3000', address)], {
      cwd: folder,
      env: environment,
    });
    return stdout.split(`${MARK}\n`);
  };

  test('has a tour whose every command prints what the README says', { timeout: 120_000 }, async () => {
    const blocks = tour();
    const commands = blocks.filter(({ language }) => language === 'sh');
    const printed = await inShell(commands.map(({ content }) => content));
    const shown = commands.flatMap((command, position) => {
      const next = blocks[blocks.indexOf(command) + 1];
      return next && next.language !== 'sh' ? [[printed[position] ?? '', next.content] as const] : [];
    });
    expect(shown).toHaveLength(5);
    for (const [output, promised] of shown) expect(normalize(output)).toBe(normalize(promised));
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
