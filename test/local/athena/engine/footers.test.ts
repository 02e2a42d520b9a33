import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFooters } from '../../../../local/athena/engine/footers.ts';

const folder = mkdtempSync(join(tmpdir(), 'footers-'));
let instance: DuckDBInstance;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  duckdb = await instance.connect();
});

afterAll(() => {
  duckdb.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

const stored = (name: string) => {
  const path = join(folder, name);
  const { size, mtime } = statSync(path);
  return { key: name, path, size, lastModified: mtime };
};

const write = async (name: string, sql: string) => {
  await duckdb.run(`COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  return stored(name);
};

const NESTED = `SELECT x AS "Id", {'a': x, 'b': {'c': 'c' || x, 'd': [{'e': x, 'f': NULL::INT}]}} AS s, MAP {'k': x} AS m, 'z' AS z FROM range(5000) t(x)`;

describe('a footer', () => {
  test('has the bytes of every leaf column over all row groups', async () => {
    const file = await write('nested', NESTED);

    const [footer] = await openFooters().of([file]);
    const expected = await duckdb.runAndReadAll(
      `SELECT lower(path_in_schema), sum(total_compressed_size)::INTEGER FROM parquet_metadata('${file.path}') GROUP BY path_in_schema, column_id ORDER BY column_id`,
    );

    expect(footer?.schema.leaves.map((path, leaf) => [path.join(', '), footer.bytes[leaf]])).toEqual(
      expected.getRows(),
    );
  });

  test('is read again when its file was replaced, and shares its schema with its like', async () => {
    const footers = openFooters();
    const [one] = await footers.of([await write('x', 'SELECT 1::INT AS a')]);
    const [same, other] = await footers.of([
      await write('y', 'SELECT 2::INT AS a'),
      await write('x', 'SELECT 1::BIGINT AS a'),
    ]);

    expect(same?.schema).toBe(one?.schema);
    expect(other?.schema).not.toBe(one?.schema);
  });

  test('longer than the first bytes read is read whole', async () => {
    const columns = Array.from({ length: 800 }, (_, n) => `${n} AS a_column_with_a_long_name_${n}`);

    const [footer] = await openFooters().of([await write('wide', `SELECT ${columns.join(', ')}`)]);

    expect(footer?.schema.leaves).toHaveLength(800);
  });

  test.each(['', 'x', 'PAR1', `${'x'.repeat(100)}PAR1`])('of %j is bad data', async (text) => {
    writeFileSync(join(folder, 'bad'), text);

    await expect(openFooters().of([stored('bad')])).rejects.toThrow(
      'HIVE_BAD_DATA: Not valid Parquet file: bad',
    );
  });

  test('of a file that is gone cannot be opened', async () => {
    const file = await write('gone', 'SELECT 1 AS a');
    rmSync(file.path);

    await expect(openFooters().of([file])).rejects.toThrow(
      'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split gone',
    );
  });
});
