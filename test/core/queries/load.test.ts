import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQueries, queryFolderOf } from '../../../core/queries/load.ts';
import { queries } from '../../../queries/index.ts';

const query = (name: string, more = '') =>
  `-- name: ${name}\n-- question: What?\n-- refresh: never\n-- reads: orders\n${more}SELECT 1 AS one FROM {{orders}}\n`;

let root: string;
let schemaFolder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tailrace-queries-'));
  schemaFolder = join(root, 'with', 'schemas');
  mkdirSync(join(root, 'with', 'queries'), { recursive: true });
  mkdirSync(join(root, 'without'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('the folder of queries', () => {
  it('is the one that is named, else that beside the schemas, else none', () => {
    const named = join(root, 'elsewhere');

    expect(queryFolderOf({ schemaFolder, named })).toBe(named);
    expect(queryFolderOf({ schemaFolder })).toBe(join(root, 'with', 'queries'));
    expect(queryFolderOf({ schemaFolder: join(root, 'without', 'schemas') })).toBeUndefined();
  });

  it('gives its queries in order of name, and leaves other files alone', async () => {
    const folder = join(root, 'with', 'queries');
    writeFileSync(join(folder, 'b.sql'), query('b'));
    writeFileSync(join(folder, 'a.sql'), query('a'));
    writeFileSync(join(folder, 'b.assert.sql'), '-- assert: it holds\nSELECT 1 WHERE false');
    writeFileSync(join(folder, 'index.ts'), 'not SQL');
    const loaded = await loadQueries(folder);

    expect(loaded.map(({ name, assertions }) => [name, assertions.length])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('gives none when there is none, and is missed when it was named', async () => {
    const named = join(root, 'nowhere');

    expect(await loadQueries(undefined)).toEqual([]);
    await expect(loadQueries(named)).rejects.toThrow(
      `${named}, folder: it is not there. Set TAILRACE_QUERIES to a folder of .sql files, or do not set it.`,
    );
  });

  it('of the store has its marts', () => {
    expect(queries.map(({ name }) => name)).toContain('daily_revenue');
  });
});
