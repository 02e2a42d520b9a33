import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSchemas } from '../../core/schema/load.ts';
import type { Rule } from '../../functions/api/rules/rule.ts';
import { call, startHarness } from '../functions/api/harness.ts';
import { blocksOf, runDocument, type Block, type Shown } from './documents.ts';
import { writeSchemas } from './schemas.ts';
import { makeFolder, removeFolder, runCli, startTailrace } from './tailrace.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const BLOCKS = blocksOf(readFileSync(join(ROOT, 'docs', 'adding-an-entity.md'), 'utf8'));

const contentsOf = (language: string): string[] =>
  BLOCKS.filter((block) => block.language === language).map(({ content }) => content);

const [FIRST = '', RULE = ''] = contentsOf('ts');
const [CHANGE = '', MISTAKES = '', STATES = '', LATER = ''] = contentsOf('diff');

/** The pieces of a difference, which an empty line parts. */
const hunksOf = (diff: string): string[] => diff.split(/(?<=\n)\n/);

const sideOf = (hunk: string, sign: '-' | '+'): string =>
  hunk
    .split(/(?<=\n)/)
    .filter((line) => line.startsWith(' ') || line.startsWith(sign))
    .map((line) => line.slice(1))
    .join('');

const changed = (source: string, hunks: readonly string[]): string =>
  hunks.reduce((text, hunk) => {
    const [before, after] = [sideOf(hunk, '-'), sideOf(hunk, '+')];
    if (text.split(before).length !== 2) throw new Error(`The schema has not this once:\n${before}`);
    return text.replace(before, after);
  }, source);

const SECOND = changed(FIRST, hunksOf(CHANGE));

/** The blocks between one piece of code and the next. */
const following = (source: string): Block[] => {
  const start = BLOCKS.findIndex(({ content }) => content === source) + 1;
  const length = BLOCKS.slice(start).findIndex(({ language }) => language === 'diff');
  return BLOCKS.slice(start, start + length);
};

/** What a shell that stays open still knows: its variables and functions. */
const definitionsIn = (blocks: readonly Block[]): Block => ({
  language: 'sh',
  content: blocks
    .flatMap(({ language, content }) => (language === 'sh' ? content.split('\n') : []))
    .filter((line) => /^(\w+=|\w+\(\) \{)/.test(line))
    .join('\n'),
});

describe('the page about adding an entity', () => {
  const folder = makeFolder();
  const dataDir = join(folder, 'data');
  const shown: Shown[] = [];

  /** Starts over the same records with another schema file, and runs commands of the page. */
  const follow = async (name: string, source: string, blocks: readonly Block[]): Promise<void> => {
    const schemas = join(folder, name);
    writeSchemas(schemas, 'review.ts', source);
    const tailrace = await startTailrace({ dataDir, environment: { TAILRACE_SCHEMAS: schemas } });
    try {
      shown.push(...(await runDocument(blocks, tailrace, folder)));
    } finally {
      await tailrace.stop();
    }
  };

  beforeAll(async () => {
    const before = following(FIRST);
    await follow('first', FIRST, before);
    await follow('second', SECOND, [definitionsIn(before), ...following(CHANGE)]);
  });

  afterAll(() => removeFolder(folder));

  test('has commands that print what it says, before and after the change of the schema', () => {
    expect(shown.map(({ printed }) => printed)).toEqual(shown.map(({ said }) => said));
    expect(shown).toHaveLength(2);
  });

  test('says of each mistake what the start says of it', async () => {
    const said = BLOCKS[BLOCKS.findIndex(({ content }) => content === MISTAKES) + 1]?.content ?? '';
    const hunks = hunksOf(MISTAKES);

    const ends = await Promise.all(
      hunks.map(async (hunk, index) => {
        const schemas = join(folder, `wrong-${index}`);
        writeSchemas(schemas, 'review.ts', changed(SECOND, [hunk]));
        const parameters = ['dev', '--port', '0', '--aws-port', '0', '--data', join(folder, `none-${index}`)];
        const { code, stderr } = await runCli(parameters, { TAILRACE_SCHEMAS: schemas });
        return [code, stderr.slice(stderr.indexOf('error:')).replace(relative(ROOT, schemas), 'schemas')];
      }),
    );

    expect(ends).toEqual(said.split(/(?<=\n)/).map((line) => [1, line]));
    expect(hunks).toHaveLength(2);
  });

  test('says of a later change what the check says of it', async () => {
    const said = BLOCKS[BLOCKS.findIndex(({ content }) => content === LATER) + 1]?.content ?? '';
    const [before, after] = [join(folder, 'locked'), join(folder, 'later')];
    writeSchemas(before, 'review.ts', SECOND);
    writeSchemas(after, 'review.ts', changed(SECOND, hunksOf(LATER)));

    const locked = await runCli(['schema', 'lock', '--schemas', before]);
    cpSync(join(before, 'schema.lock.json'), join(after, 'schema.lock.json'));
    const checked = await runCli(['schema', 'check', '--schemas', after], { FORCE_COLOR: '0' });

    expect([locked.code, checked.code]).toEqual([0, 2]);
    expect(checked.stdout.replaceAll(relative(ROOT, after), 'schemas')).toBe(said);
  });

  test('has an action and a rule that work together', async () => {
    const [schemas, rule] = [join(folder, 'states'), join(folder, 'rule.ts')];
    writeSchemas(schemas, 'review.ts', changed(SECOND, hunksOf(STATES)));
    writeFileSync(rule, RULE);
    const { reviewRule } = (await import(pathToFileURL(rule).href)) as { reviewRule: Rule };
    const harness = await startHarness(await loadSchemas(schemas));
    try {
      const api = harness.api({ rules: { review: reviewRule } });
      const product = { name: 'Blue', category: 'music', price: { amount: 1, currency: 'USD' }, stock: 1 };
      const { body } = await call(api, { method: 'POST', path: '/products', json: product });
      const json = { productId: body.id, stars: 4, language: 'en' };
      const claims = { sub: 'ann', 'cognito:groups': '[customer]' };

      const sent = await call(api, { method: 'POST', path: '/reviews', json, claims });
      expect(sent.body).toMatchObject({ customerId: 'ann', status: 'sent' });
      const bad = await call(api, { method: 'POST', path: '/reviews', json: { ...json, stars: 1 }, claims });
      expect(bad).toMatchObject({ status: 400, body: { errors: [{ pointer: '/text' }] } });
      const published = await call(api, { method: 'POST', path: `/reviews/${sent.body.id}/publish` });
      expect(published.body).toMatchObject({ status: 'published', version: 2 });
    } finally {
      await harness.close();
    }
  });
});
