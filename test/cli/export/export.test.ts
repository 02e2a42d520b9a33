import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { exportQuestion, findMart, toInstant, unload } from '../../../cli/export/statement.ts';
import { parseUri, requireEmpty, toTarget } from '../../../cli/export/target.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import { order } from '../../../schemas/order.ts';
import { martOf } from '../../functions/insights.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const mart: SavedQuery = {
  ...martOf('counts'),
  reads: ['orders'],
  sql: 'SELECT count(*) AS n FROM {{orders}}',
};

describe('an export', () => {
  test('reads the rows that readers see, or, of an instant, what was then, in order of the key', () => {
    const at = { database: 'lake', asOf: '2026-11-01T00:00:00.000Z' };
    const then = exportQuestion(mart, [order], at);

    expect(exportQuestion(mart, [order], { database: 'lake', asOf: undefined })).toBe(
      'SELECT * FROM "lake"."counts"\nORDER BY "n"',
    );
    expect(then).toContain(`"valid_from" <= TIMESTAMP '2026-11-01 00:00:00.000'`);
    expect(then).toMatch(/ORDER BY "n"$/);
  });

  test('is one statement of Athena', () => {
    expect(unload('SELECT 1', "s3://b/it's/", 'parquet')).toBe(
      "UNLOAD (\nSELECT 1\n) TO 's3://b/it''s/' WITH (format = 'PARQUET', compression = 'ZSTD')",
    );
    expect(unload('SELECT 1', 's3://b/p/', 'json')).toContain("WITH (format = 'JSON')");
  });

  test('goes to a folder, or to a place in S3', () => {
    expect(toTarget('/some/where')).toEqual({ kind: 'folder', path: '/some/where' });
    expect(toTarget('s3://bucket/a/b')).toEqual({ kind: 's3', bucket: 'bucket', prefix: 'a/b/' });
    expect(parseUri('s3://bucket')).toEqual({ bucket: 'bucket', prefix: '' });
    expect(parseUri('s3://bucket/a//')).toEqual({ bucket: 'bucket', prefix: 'a/' });
    expect(() => toTarget('s3://')).toThrow('Write s3://<bucket>/<prefix>/.');
  });

  test('goes where nothing is, whether the folder is there or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tailrace-export-'));
    const [empty, missing] = [folder, join(folder, 'missing')].map(toTarget);
    const client = new S3Client({});

    await requireEmpty(client, empty!);
    await requireEmpty(client, missing!);
    writeFileSync(join(folder, 'missing', 'file'), '');
    await expect(requireEmpty(client, missing!)).rejects.toThrow(
      `There is something in ${join(folder, 'missing')} already.`,
    );
    rmSync(folder, { recursive: true });
  });

  test.each(['file', 'file/below'])('goes nowhere below a file: %s', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'tailrace-export-'));
    writeFileSync(join(folder, 'file'), '');

    await expect(requireEmpty(new S3Client({}), toTarget(join(folder, name)))).rejects.toThrow(
      `Nothing can be written to ${join(folder, name)}`,
    );

    rmSync(folder, { recursive: true });
  });

  test('is of a mart that there is', () => {
    const saved: SavedQuery = { ...mart, name: 'asked', refresh: 'never' };

    expect(findMart([mart, saved], 'counts')).toBe(mart);
    expect(() => findMart([mart, saved], 'asked')).toThrow('There is no mart "asked". Known are counts.');
    expect(() => findMart([saved], 'counts')).toThrow('none: queries/ has no mart');
  });

  test('is as of an instant that has come', () => {
    expect(toInstant('2026-11-01', NOW)).toBe('2026-11-01T00:00:00.000Z');
    expect(() => toInstant('2026-11-26', NOW)).toThrow('is still to come');
    expect(() => toInstant('yesterday', NOW)).toThrow('"yesterday" is no instant');
  });
});
