import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../core/http/problem.ts';
import { blocksOf, runDocument } from './documents.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '..', '..', 'docs', 'api-consumers.md'), 'utf8');

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

  test('has commands that print what it says', { timeout: 120_000 }, async () => {
    const shown = await runDocument(blocksOf(PAGE), tailrace, folder);

    expect(shown.map(({ printed }) => printed)).toEqual(shown.map(({ said }) => said));
    expect(shown).toHaveLength(15);
  });

  test('names every type of problem with its status', () => {
    const rows = Array.from(PAGE.matchAll(/^\| `([\w-]+)` \| (\d{3}) \|/gm), ([, code, status]) => [
      code,
      Number(status),
    ]);

    expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]));
  });
});
