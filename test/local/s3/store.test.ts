import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectIndex, openDatabase, type Intent } from '../../../local/s3/object-index.ts';
import { openObjectStore, type S3Store } from '../../../local/s3/store.ts';
import { failure, temporaryFolder } from './harness.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: S3Store;

beforeEach(() => {
  folder = temporaryFolder();
  store = openObjectStore(folder);
  store.createBucket('lake');
});

afterEach(() => {
  store.close();
  folder.remove();
});

const inBucket = (path: string) => join(folder.dataDir, 's3/lake', path);
const text = async (key: string) => (await store.get('lake', key)).toString();
const keys = (prefix = '') => store.list('lake', prefix).map(({ key }) => key);

describe('the object store', () => {
  it('takes bytes, text, a stream and a file, which moves in', async () => {
    const file = join(folder.dataDir, 'made.parquet');
    writeFileSync(file, 'from a file');

    await store.put('lake', 'a', Buffer.from('bytes'));
    await store.put('lake', 'b', 'text ü');
    await store.put('lake', 'c', Readable.from([Buffer.from('a '), Buffer.from('stream')]));
    const info = await store.put('lake', 'd/e.parquet', { path: file }, { contentType: 'x/y' });

    expect(await Promise.all(['a', 'b', 'c', 'd/e.parquet'].map(text))).toEqual([
      'bytes',
      'text ü',
      'a stream',
      'from a file',
    ]);
    expect(existsSync(file)).toBe(false);
    expect(info).toMatchObject({
      key: 'd/e.parquet',
      size: 11,
      path: inBucket('d/e.parquet'),
      meta: { contentType: 'x/y' },
    });
    expect(store.head('lake', 'd/e.parquet')).toEqual(info);
  });

  it('lets DuckDB read its Parquet files by path and by glob', async () => {
    const made = join(folder.dataDir, 'made.parquet');
    const duckdb = await (await DuckDBInstance.create()).connect();
    await duckdb.run(`COPY (SELECT 7 AS n) TO '${made}' (FORMAT parquet)`);

    const { path } = await store.put('lake', 'orders/day=2026-11-22/a.parquet', { path: made });

    const byPath = await duckdb.runAndReadAll(`SELECT n FROM read_parquet('${path}')`);
    const byGlob = await duckdb.runAndReadAll(
      `SELECT n, day FROM read_parquet('${inBucket('orders')}/**/*.parquet')`,
    );
    expect(byPath.getRowObjectsJson()).toEqual([{ n: 7 }]);
    expect(byGlob.getRowObjectsJson()).toEqual([{ n: 7, day: '2026-11-22' }]);
    duckdb.closeSync();
  });

  it('replaces an object whole: who opened the old one reads it to its end', async () => {
    await store.put('lake', 'a', 'old');
    const stream = Readable.from([Buffer.from('n'), Buffer.from('ew')]);
    const { fd } = store.open('lake', 'a');

    await store.put('lake', 'a', stream);

    expect(readFileSync(fd, 'utf8')).toBe('old');
    expect(await text('a')).toBe('new');
  });

  it('leaves nothing of a write that failed', async () => {
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('The sender went away.');
      })(),
    );

    expect(await failure(store.put('lake', 'a', failing))).toMatchObject({
      message: 'The sender went away.',
    });
    expect(keys()).toEqual([]);
    expect(readdirSync(join(folder.dataDir, 's3/.tmp'))).toEqual([]);
    expect(readdirSync(inBucket(''))).toEqual([]);
  });

  it('names the bucket or key that does not exist', async () => {
    expect(await failure(store.put('absent', 'a', ''))).toMatchObject({ name: 'NoSuchBucket', status: 404 });
    expect(await failure(store.get('lake', 'a'))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect(() => store.list('absent', '')).toThrow(/bucket does not exist/);
    expect(() => store.createBucket('../up')).toThrow(/bucket is not valid/);
    expect(store.head('lake', 'a')).toBeUndefined();
    expect(store.hasBucket('absent')).toBe(false);
  });

  it('has everything again after a restart', async () => {
    await store.put('lake', 'a', 'text', { userMetadata: { a: '1' } });
    await store.put('lake', 'b', 'gone');
    store.remove('lake', 'b');
    const before = store.list('lake', '');

    store.close();
    store = openObjectStore(folder);

    expect(store.list('lake', '')).toEqual(before);
    expect(await text('a')).toBe('text');
  });

  it('is open once: a second is told why not', () => {
    expect(() => openObjectStore(folder)).toThrow(/another local cloud uses this data folder/);
  });

  it('does not touch a file a person put there', async () => {
    writeFileSync(inBucket('a'), 'mine');

    await store.put('lake', 'a', 'theirs');

    expect(readFileSync(inBucket('a'), 'utf8')).toBe('mine');
    expect(await text('a')).toBe('theirs');
  });
});

describe('a key that is no harmless path', () => {
  const hostile = [
    '..',
    '../../escape',
    'a/../b',
    './a',
    'a//b',
    '/a',
    'a/',
    '/',
    '//',
    'nul\0',
    `${'s'.repeat(256)}/a`,
    'ü'.repeat(512),
    'glob*[a]?.parquet',
    'back\\slash',
    '~',
    '.index.sqlite',
    '.escaped/lake/x',
  ];

  it.each(hostile)('%j is an object like every other, inside the store', async (key) => {
    const { path } = await store.put('lake', key, key);

    expect(relative(join(folder.dataDir, 's3'), path)).toMatch(/^(lake|\.escaped\/lake)\/[^]+$/);
    expect(path).not.toMatch(/[*?[\]]|\/\.\.?\//);
    expect(await text(key)).toBe(key);
    expect(keys()).toEqual([key]);
    expect(readdirSync(folder.dataDir)).toEqual(['s3']);

    store.remove('lake', key);

    expect(existsSync(path)).toBe(false);
    expect(keys()).toEqual([]);
  });

  it.each([[['a', 'a/b', 'a/b/c']], [['a/b/c', 'a/b', 'a']]])('%j exist beside each other', async (names) => {
    for (const name of names) await store.put('lake', name, `${name} 1`);
    for (const name of names) await store.put('lake', name, `${name} 2`);

    expect(keys()).toEqual(['a', 'a/b', 'a/b/c']);
    for (const name of names) expect(await text(name)).toBe(`${name} 2`);
    for (const name of names) store.remove('lake', name);
    expect(readdirSync(inBucket(''))).toEqual([]);
  });

  it('%j is refused: it has no UTF-8 form', async () => {
    expect(await failure(store.put('lake', '\ud800', 'x'))).toMatchObject({ name: 'InvalidURI' });
    expect(await failure(store.put('lake', '', 'x'))).toMatchObject({ name: 'InvalidURI' });
    expect(await failure(store.put('lake', 'ü'.repeat(513), 'x'))).toMatchObject({ name: 'KeyTooLongError' });
  });
});

describe('any sequence of writes and removals', () => {
  it('leaves what a map would hold', async () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'A', 'b', '/', '.', '..', '//', '%', '\0', ' '),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    const key = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      .map((pieces) => pieces.join(''))
      .filter((name) => name !== '');
    const step = fc.record({ key, body: fc.option(fc.string({ unit: 'grapheme' })) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), key, async (steps, prefix) => {
        const bucket = `run-${(run += 1)}`;
        store.createBucket(bucket);
        const model = new Map<string, string>();
        for (const { key: name, body } of steps) {
          if (body === null) store.remove(bucket, name);
          else await store.put(bucket, name, body);
          if (body === null) model.delete(name);
          else model.set(name, body);
        }
        const ordered = [...model.keys()].toSorted((left, right) =>
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );
        expect(store.list(bucket, '').map((info) => info.key)).toEqual(ordered);
        expect(store.list(bucket, prefix).map((info) => info.key)).toEqual(
          ordered.filter((name) => name.startsWith(prefix)),
        );
        for (const [name, body] of model) expect((await store.get(bucket, name)).toString()).toBe(body);
      }),
      { numRuns: 150 },
    );
  });
});

const filesUnder = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** The index of the closed store, to leave in it what a kill would. */
const leaveIntent = (intent: Omit<Intent, 'id'>) => {
  const database = openDatabase(join(folder.dataDir, 's3/.index.sqlite'));
  objectIndex(database).begin(intent);
  database.close();
};

const intent = {
  temp: '.tmp/new',
  bucket: 'lake',
  key: 'a',
  path: 'lake/a',
  row: { bucket: 'lake', key: 'a', path: 'lake/a', size: 3, etag: 'e', modified: 1, meta: {} },
};

describe('what a killed process left', () => {
  it('in temporary folders goes when the store opens', async () => {
    await store.put('lake', 'a', 'text');
    store.close();
    mkdirSync(join(folder.dataDir, 's3/.uploads/stray'));
    writeFileSync(join(folder.dataDir, 's3/.uploads/stray/1-x'), 'part');
    writeFileSync(join(folder.dataDir, 's3/.tmp/half'), 'half');

    store = openObjectStore(folder);

    expect(filesUnder(join(folder.dataDir, 's3/.tmp'))).toEqual([]);
    expect(filesUnder(join(folder.dataDir, 's3/.uploads'))).toEqual([]);
    expect(await text('a')).toBe('text');
  });

  it('before the rename is undone', async () => {
    await store.put('lake', 'a', 'before');
    store.close();
    writeFileSync(join(folder.dataDir, 's3/.tmp/new'), 'new');
    leaveIntent(intent);

    store = openObjectStore(folder);

    expect(await text('a')).toBe('before');
    expect(filesUnder(join(folder.dataDir, 's3/.tmp'))).toEqual([]);
  });

  it('after the rename is finished', async () => {
    await store.put('lake', 'a', 'before');
    store.close();
    writeFileSync(inBucket('a'), 'new');
    leaveIntent(intent);

    store = openObjectStore(folder);

    expect(await text('a')).toBe('new');
    expect(store.head('lake', 'a')).toMatchObject({ size: 3, etag: 'e' });
  });

  it('in the middle of a removal is removed', async () => {
    await store.put('lake', 'deep/a', 'before');
    store.close();
    leaveIntent({ temp: '', bucket: 'lake', key: 'deep/a', path: 'lake/deep/a' });

    store = openObjectStore(folder);

    expect(keys()).toEqual([]);
    expect(readdirSync(inBucket(''))).toEqual([]);
  });
});
