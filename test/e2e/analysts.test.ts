import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, normalize, runDocument } from './documents.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const BLOCKS = blocksOf(readFileSync(join(ROOT, 'docs', 'analysts.md'), 'utf8'));

const QUESTIONS = BLOCKS.flatMap(({ language, content }, position) =>
  language === 'sql' ? [{ sql: content, said: normalize(BLOCKS[position + 1]?.content ?? '') }] : [],
);

describe('the page for analysts', () => {
  const folder = makeFolder();
  let tailrace: Tailrace;

  beforeAll(async () => {
    tailrace = await startTailrace({ dataDir: join(folder, 'data') });
    mkdirSync(join(folder, 'work'));
    symlinkSync(join(ROOT, 'docs'), join(folder, 'work', 'docs'));
    await runDocument(BLOCKS, tailrace, folder);
  });

  afterAll(async () => {
    await tailrace.stop();
    removeFolder(folder);
  });

  test.each(QUESTIONS)('has a question that is answered as it says: $sql', async ({ sql, said }) => {
    expect(await tailrace.table(sql)).toBe(said);
  });

  test('has ten questions, and names tables that are there', async () => {
    const tables = await tailrace.sql('SHOW TABLES');
    const named = Array.from(
      readFileSync(join(ROOT, 'docs', 'analysts.md'), 'utf8').matchAll(/^\| (`.*?) \|/gm),
      ([, cell = '']) => cell.match(/[a-z_]+/g) ?? [],
    ).flat();

    expect(QUESTIONS).toHaveLength(10);
    expect(named.length).toBeGreaterThan(6);
    expect(tables.flatMap(Object.values)).toEqual(expect.arrayContaining(named));
  });
});
