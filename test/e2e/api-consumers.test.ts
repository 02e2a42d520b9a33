import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namesOf } from '../../core/deployment.ts';
import { PROBLEMS } from '../../core/http/problem.ts';
import { publishInsight } from '../../functions/shared/insights/publish.ts';
import { insightOf, portsOf } from '../functions/insights.ts';
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
    expect(shown).toHaveLength(17);
  });

  test('says what is answered of an insight that the lake has published', async () => {
    const client = new DynamoDBClient({
      endpoint: tailrace.aws,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { insights } = namesOf('dev');
    const ports = portsOf({ client, names: { insights } });
    await publishInsight(ports, insightOf('daily_revenue', '20261125t120000', 150));
    client.destroy();
    const { stdout } = await tailrace.cli('token', '--scope', 'tailrace/insights.read');
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${tailrace.api}/insights${path}`, {
        headers: { authorization: `Bearer ${stdout.trim()}`, ...headers },
      });

    const first = await get('/daily_revenue');
    const page = (await first.json()) as Record<string, unknown> & { items: object[] };
    const next = await get(`/daily_revenue?cursor=${String(page.cursor)}`);
    const rest = (await next.json()) as { items: object[] };

    for (const name of Object.keys(page)) expect(PAGE).toContain(`\`${name}\``);
    expect([...page.items, ...rest.items]).toHaveLength(150);
    expect(rest).toMatchObject({ version: page.version, rows: 150 });
    for (const name of ['etag', 'last-modified', 'age']) expect(next.headers.get(name)).not.toBeNull();
    const known = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await get('/daily_revenue', known)).status).toBe(304);
    expect((await get('/customer_features')).status).toBe(404);
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
