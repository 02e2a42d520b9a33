import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, runDocument, type Block } from './documents.ts';
import { writeSchemas } from './schemas.ts';
import { loadSchemas } from '../../core/schema/load.ts';
import { makeFolder, removeFolder, startTailrace, type Tailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const tour = (): Block[] =>
  blocksOf(README.slice(README.indexOf('<!-- tour -->'), README.indexOf('<!-- /tour -->')));

describe('the README', () => {
  const folder = makeFolder();
  let tailrace: Tailrace;

  beforeAll(async () => {
    tailrace = await startTailrace({ dataDir: join(folder, 'data'), synthesizes: true });
  });

  afterAll(async () => {
    await tailrace.stop();
    removeFolder(folder);
  });

  test('has a tour whose every command prints what the README says', async () => {
    const shown = await runDocument(tour(), tailrace, folder);

    expect(shown.map(({ printed }) => printed)).toEqual(shown.map(({ said }) => said));
    expect(shown).toHaveLength(5);
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
      Array.from(
        README.matchAll(
          /tailrace (token|flush|query|queries|tables|lake|export|refresh|import|dev|schema|types)\b/g,
        ),
        ([, name]) => name!,
      ),
    );
    for (const command of commands) expect((await tailrace.cli(command, '--help')).code).toBe(0);
  });
});
