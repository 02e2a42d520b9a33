import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../lib/settings.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

describe('the folder of queries', () => {
  test('is that of the store for its schemas, none for others, or the one that is named', () => {
    const store = join(ROOT, 'queries');

    expect(readSettings({}).queryFolder).toBe(store);
    expect(readSettings({ TAILRACE_SCHEMAS: join(ROOT, 'schemas') }).queryFolder).toBe(store);
    expect(readSettings({ TAILRACE_SCHEMAS: '/nowhere/schemas' }).queryFolder).toBeUndefined();
    expect(readSettings({ TAILRACE_QUERIES: '/my/queries' }).queryFolder).toBe('/my/queries');
  });
});

describe('web origins', () => {
  test('are those of a developer for the stage dev, and none for another', () => {
    expect(readSettings({}).origins).toEqual(['http://localhost:3000', 'http://localhost:5173']);
    expect(readSettings({ TAILRACE_STAGE: 'prod' }).origins).toEqual([]);
    expect(readSettings({ TAILRACE_ORIGINS: '' }).origins).toEqual([]);
  });

  test('are given apart by commas', () => {
    const TAILRACE_ORIGINS = 'https://shop.example.com, https://admin.example.com:8443';

    expect(readSettings({ TAILRACE_STAGE: 'prod', TAILRACE_ORIGINS }).origins).toEqual([
      'https://shop.example.com',
      'https://admin.example.com:8443',
    ]);
  });

  test.each(['*', 'http://shop.example.com', 'https://shop.example.com/', 'shop.example.com'])(
    'are refused by name: %s',
    (TAILRACE_ORIGINS) => {
      expect(() => readSettings({ TAILRACE_ORIGINS })).toThrow(`has "${TAILRACE_ORIGINS}"`);
    },
  );
});
