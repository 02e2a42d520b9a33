import { describe, expect, test } from 'vitest';
import { readSettings } from '../../lib/settings.ts';

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
