import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityRoutes, FIXED_ROUTES, INSIGHT_ROUTES } from '../../../core/http/routes.ts';
import { PROBLEMS } from '../../../core/http/problem.ts';
import { entity, z } from '../../../core/schema/index.ts';
import { schemas } from '../../../schemas/index.ts';
import { startHarness, type Harness, type Received } from './harness.ts';

const hostile = entity({
  name: 'hostile',
  description: 'A <script>alert(1)</script> & "quoted" thing with `code`',
  fields: { text: z.string().meta({ description: '</style><img src=x onerror=alert(1)>' }) },
});

let harness: Harness;
let page: Received;
/** The page with one space wherever there is any. */
let shown = '';
const inside = (tag: string): string[] =>
  Array.from(
    (page.text ?? '').matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g')),
    ([, text]) => text ?? '',
  );

beforeAll(async () => {
  harness = await startHarness([...schemas, hostile]);
  page = await harness.send({ path: '/docs', anonymous: true });
  shown = (page.text ?? '').replaceAll(/\s+/g, ' ');
});
afterAll(() => harness.close());

const VOID = new Set(['meta', 'input', '!doctype']);

/** Tags that are not closed in order. */
const unbalanced = (text: string): string[] => {
  const markup = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '');
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = ''] of markup.matchAll(/<(\/?)([!a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (VOID.has(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
};

describe('the page of the documentation', () => {
  it('shows every route, schema and problem', () => {
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    for (const { method, path } of [...entityRoutes(schemas), ...FIXED_ROUTES, ...INSIGHT_ROUTES])
      expect(shown).toContain(`data-method="${method}" data-path="${path}"`);
    for (const name of ['Order', 'OrderCreate', 'CustomerPatch', 'AnyEvent', 'Insight', 'Problem'])
      expect(shown).toContain(`id="schema-${name}"`);
    for (const code of Object.keys(PROBLEMS)) expect(shown).toContain(`urn:tailrace:problem:${code}`);
    expect(shown).toContain('Who may: <code>owner or group:staff</code>');
  });

  it('runs its own script and style under its policy, and nothing else', () => {
    const policy = String(page.headers['content-security-policy']);
    const hashes = [...inside('script'), ...inside('style')].map(
      (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );

    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(policy).toContain(hash);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(page.text).not.toMatch(/<[^>]*\s(on\w+|style)=|javascript:/);
  });

  it('asks nothing of the network', () => {
    expect(page.text).not.toMatch(/(src|href|action)="(https?:)?\/\//);
    expect(page.text).not.toMatch(/<(link|img|iframe|script [^>]*src)/);
  });

  it('shows what schemas say as text, never as markup', () => {
    expect(shown).toContain('A &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; thing');
    expect(shown).toContain('thing with <code>code</code>');
    expect(page.text).not.toMatch(/<script>alert|<img/);
  });

  it('is whole HTML, each id once, each label of a field, each link within the page to a place', () => {
    const text = page.text ?? '';
    const ids = Array.from(text.matchAll(/\sid="([^"]+)"/g), ([, id]) => id);
    const ofLabels = Array.from(text.matchAll(/<label\s+for="([^"]+)"/g), ([, id]) => id);
    const links = Array.from(text.matchAll(/href="#([^"]+)"/g), ([, id]) => id);
    const fields = Array.from(text.matchAll(/<(?:input|textarea)\s+id="([^"]+)"/g), ([, id]) => id);

    expect(unbalanced(text)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ofLabels)).toEqual(new Set(fields));
    expect([...ofLabels, ...links].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('answers HEAD without a body', async () => {
    expect(await harness.send({ path: '/docs', method: 'HEAD' })).toMatchObject({
      status: 200,
      text: undefined,
    });
  });
});
