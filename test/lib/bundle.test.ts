import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPeer } from '../../bench/api/builds.ts';
import { bundleFunctions } from '../../lib/bundle.ts';

const LANGUAGE = resolve(import.meta.dirname, '..', '..', 'core', 'schema', 'index.ts');

const SCHEMA = `
  import { entity, id, z } from ${JSON.stringify(LANGUAGE)};
  export const note = entity({
    name: 'note',
    description: 'Something to remember',
    fields: { bookId: id(), text: z.string().min(1) },
  });
`;

/**
 * Bytes of each function with one small entity, which are read and compiled in every cold start. About the size they
 * have, so that whoever makes one larger does so knowingly: raise the number with the reason.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  // The SDK with its client for DynamoDB is 200 kB, Zod 100 kB, the API with its rules and documents 100 kB.
  api: 435_000,
  // The SDK with its client for Firehose is 165 kB, that for DynamoDB 35 kB, Zod 100 kB, Powertools 35 kB.
  collector: 385_000,
  // The SDK is 365 kB: with Firehose and DynamoDB, and with S3, which has signatures and checksums of its own.
  relay: 560_000,
  // The SDK is 360 kB: with Athena, Glue, and S3 for the watermarks the views are made with. Zod 100 kB.
  catalog: 550_000,
};

let folder: string;
const sizes: Record<string, number> = {};
const code: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tailrace-bundle-'));
  writeFileSync(join(folder, 'note.ts'), SCHEMA);
  const bundles = await bundleFunctions({ schemaFolder: folder, outDir: join(folder, 'functions') });
  for (const name of Object.keys(BUDGETS)) {
    code[name] = readFileSync(join(bundles(name), 'index.cjs'), 'utf8');
    sizes[name] = Buffer.byteLength(code[name]);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundle of', () => {
  it.each(Object.entries(BUDGETS))('%s is within its budget of %i bytes', (name, budget) => {
    expect(sizes[name]).toBeLessThanOrEqual(budget);
    expect(sizes[name]).toBeGreaterThan(budget * 0.9);
  });

  it('the api function is at most 1.3 times one that does nothing but call the SDK', async () => {
    const bare = readFileSync(await buildPeer(folder, 'bare')).length;

    expect((sizes.api ?? Infinity) / bare).toBeLessThanOrEqual(1.3);
  });
});

describe('what is left out is not needed', () => {
  it.each([
    ['ways to credentials that Lambda does not use', 'sso_session'],
    ['messages of Zod in other languages', 'Ongeldige invoer'],
    ['parts of Zod that no schema uses', 'z.compile does not support'],
  ])('%s', (_what, text) => {
    expect(Object.keys(code).filter((name) => code[name]?.includes(text))).toEqual([]);
  });
});
