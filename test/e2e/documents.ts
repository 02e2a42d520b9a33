import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Tailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** A code block of a document. */
export interface Block {
  readonly language: string;
  readonly content: string;
}

/** What commands print, and what the document says they do. */
export interface Shown {
  readonly printed: string;
  readonly said: string;
}

/** The code blocks of a text. */
export const blocksOf = (text: string): Block[] =>
  Array.from(text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm), ([, language = '', content = '']) => ({
    language,
    content,
  }));

/** What differs at every run has one name in the documents. */
export const normalize = (output: string): string =>
  output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\b[0-9a-f]{16}\b/g, '<entry>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<hash>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/dt=\d{4}-\d\d-\d\d/g, 'dt=<day>')
    .replaceAll(/\d+ rows? sent, in [\d.]+ s/g, '<n> rows sent, in <n> s')
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"<request>"')
    .replaceAll(/"cursor":"[^"]*"/g, '"cursor":"<cursor>"')
    .replaceAll(/: \d+ rows? delivered in \d+ files?/g, ': <n> rows delivered in <n> files')
    .replaceAll(/: 1 file, [\d.]+ k?B/g, ': 1 file, <n> B')
    .trim();

/**
 * What a page says a command prints, in the block that shows both; what differs at every run has one name, and rows that come in
 * any order are in order.
 */
export const saidOf = (page: string, command: string): string[] => {
  const start = `$ npx tailrace ${command}\n`;
  const block = blocksOf(page).find(({ content }) => content.startsWith(start));
  if (!block) throw new Error(`The page has no block that begins with "${start.trim()}".`);
  return linesOf(block.content.slice(start.length));
};

/** What a command printed, as `saidOf` gives what a page says. */
export const linesOf = (output: string): string[] => normalize(output).split('\n').toSorted();

/** Lines with every number alike, for what is told in sizes and times. */
export const shapesOf = (lines: readonly string[]): string[] =>
  lines
    .map((line) =>
      line
        .replaceAll(/[\d.]+/g, '<n>')
        .replaceAll(/ +/g, ' ')
        .replaceAll(/─+/g, '─'),
    )
    .toSorted();

const MARK = '-- end of block --';

/** Runs commands in one shell, as a person would type them, and gives what each block prints. */
const inShell = async (
  commands: readonly string[],
  tailrace: Pick<Tailrace, 'api' | 'dataDir'>,
  folder: string,
): Promise<string[]> => {
  const script = ['set -e', ...commands.map((command) => `${command}\necho '${MARK}'`)]
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
  const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}`, TAILRACE_DATA: tailrace.dataDir };
  const { stdout } = await run('bash', ['-c', script], { cwd: work, env: environment });
  return stdout.split(MARK);
};

/**
 * Runs every `sh` block of a document in order, in one shell, and gives what each one prints that is followed by a block
 * of its output.
 */
export const runDocument = async (
  blocks: readonly Block[],
  tailrace: Pick<Tailrace, 'api' | 'dataDir'>,
  folder: string,
): Promise<Shown[]> => {
  const commands = blocks.flatMap(({ language, content }, position) =>
    language === 'sh' ? [{ content, next: blocks[position + 1] }] : [],
  );
  const printed = await inShell(
    commands.map(({ content }) => content),
    tailrace,
    folder,
  );
  return commands.flatMap(({ next }, index) =>
    next && next.language !== 'sh'
      ? [{ printed: normalize(printed[index] ?? ''), said: normalize(next.content) }]
      : [],
  );
};
