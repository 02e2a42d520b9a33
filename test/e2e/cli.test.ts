import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { makeFolder, removeFolder, runCli, startTailrace, type Tailrace } from './tailrace.ts';

const folder = makeFolder();
const dataDir = join(folder, 'data');
let tailrace: Tailrace;

beforeAll(async () => {
  tailrace = await startTailrace({ dataDir });
});

afterAll(async () => {
  await tailrace.stop();
  removeFolder(folder);
});

const write = (name: string, records: readonly unknown[]): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n'),
  );
  return path;
};

describe('every command', () => {
  test.each([
    'dev',
    'token',
    'import',
    'query',
    'queries',
    'tables',
    'export',
    'flush',
    'refresh',
    'lake',
    'lake status',
    'quarantine',
    'quarantine list',
    'quarantine show',
    'quarantine replay',
    'schema',
    'schema check',
    'schema diff',
    'schema lock',
  ])('%s has help with an example', async (name) => {
    const { code, stdout } = await runCli([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Example:\n {2}\$ /);
  });

  test('says in one line that no local cloud runs, and how to start one', async () => {
    const { code, stderr } = await runCli(['flush', '--data', join(folder, 'none')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: No local cloud runs on .*npm start.*\n$/);
  });

  test('refuses an unknown option', async () => {
    const { code, stderr } = await runCli(['flush', '--wrong']);
    expect(code).toBe(1);
    expect(stderr).toContain('--wrong');
  });
});

describe('tailrace dev', () => {
  test('names the port in use and the flag to change it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    for (const flag of ['--port', '--aws-port']) {
      const other = flag === '--port' ? '--aws-port' : '--port';
      const { code, stderr } = await runCli([
        'dev',
        '--data',
        join(folder, 'blocked'),
        flag,
        String(port),
        other,
        '0',
      ]);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `The port ${port} is in use. Stop what uses it, or choose another with ${flag}.`,
      );
    }
    blocker.close();
  });

  test('refuses a data folder another one runs on, and one that holds something else', async () => {
    const taken = await runCli(['dev', '--data', dataDir, '--port', '0', '--aws-port', '0']);
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('already runs') });
    const foreign = await runCli(['dev', '--data', folder, '--fresh', '--port', '0', '--aws-port', '0']);
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('holds something else') });
  });
});

describe('tailrace dev --faults', () => {
  test('refuses a plan that cannot be read before it deletes anything', async () => {
    const [data, plan] = [join(folder, 'kept'), join(folder, 'no-plan.json')];
    mkdirSync(join(data, 's3'), { recursive: true });

    const { code, stderr } = await runCli(['dev', '--data', data, '--fresh', '--faults', plan]);

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('cannot be read') as string,
    });
    expect(existsSync(join(data, 's3'))).toBe(true);
  });
});

describe('tailrace dev --assembly', () => {
  const start = (assembly: string, ...more: string[]) =>
    runCli([
      'dev',
      '--data',
      join(folder, 'none'),
      '--assembly',
      assembly,
      '--port',
      '0',
      '--aws-port',
      '0',
      ...more,
    ]);

  test('refuses a folder that holds no stacks, or those of another stage', async () => {
    expect(await start(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('npx cdk synth') });
    expect(await start(inject('assemblies')!.whole, '--stage', 'prod')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no stage "prod". Name its stage with --stage.'),
    });
  });
});

describe('tailrace query', () => {
  test('prints SQL errors on standard error and ends with 1', async () => {
    const { code, stdout, stderr } = await tailrace.cli('query', 'SELECT nothing FROM orders');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('COLUMN_NOT_FOUND');
  });

  test('prints an answer as table, JSON and CSV', async () => {
    const sql = `SELECT 'a "b", c' AS text, 1 AS n, CAST(NULL AS varchar) AS nothing`;
    const [table, json, csv] = await Promise.all(
      ['table', 'json', 'csv'].map((format) => tailrace.cli('query', sql, '--format', format)),
    );
    expect(table!.stdout).toContain('│ a "b", c │ 1 │');
    expect(JSON.parse(json!.stdout)).toEqual([{ text: 'a "b", c', n: 1, nothing: null }]);
    expect(csv!.stdout).toBe('text,n,nothing\n"a ""b"", c",1,\n');
    expect(table!.stderr).toMatch(/SUCCEEDED: 1 row, .* scanned/);
  });

  test('draws an answer, and answers what is typed into it', async () => {
    const sql = "SELECT * FROM (VALUES ('a', 10), ('b', -5)) AS t(name, n) ORDER BY name";
    const [drawn, silent] = await Promise.all([
      tailrace.cli('query', sql, '--chart', 'bar'),
      tailrace.cli('query'),
    ]);
    expect(drawn.stdout).toMatch(/^n by name\na +│█+ +10\nb +▐?█+│ +-5\n$/);
    expect(silent).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no question.') as string,
    });
  });

  test('pages through more rows than one answer holds', async () => {
    const { stdout } = await tailrace.cli(
      'query',
      'SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n',
      '--format',
      'csv',
    );
    expect(stdout.trim().split('\n')).toHaveLength(2501);
  });
});

describe('tailrace import', () => {
  const customer = (id: string, more: object = {}) => ({
    id,
    email: `${id}@example.com`,
    name: `Name ${id}`,
    createdAt: '1997-01-01T00:00:00.000Z',
    ...more,
  });

  test('writes whole records, changes nothing the second time, and leaves later changes alone', async () => {
    const path = write('some.ndjson', [customer('i1'), '', customer('i2', { version: 7 })]);
    const first = await tailrace.cli('import', 'customer', path, '--json');
    expect(JSON.parse(first.stdout)).toMatchObject({ written: 2, unchanged: 0, rejected: 0, rejects: null });
    await tailrace.call('PATCH', '/customers/i1', { name: 'Changed' });
    const second = await tailrace.cli('import', 'customer', path, '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ written: 0, unchanged: 1, kept: 1, rejected: 0 });

    await tailrace.flush();
    const sql = "SELECT id, name, version FROM customers WHERE id IN ('i1', 'i2') ORDER BY id";
    expect(JSON.parse((await tailrace.cli('query', sql, '--reveal', '--json')).stdout)).toEqual([
      { id: 'i1', name: 'Changed', version: 2 },
      { id: 'i2', name: 'Name i2', version: 7 },
    ]);
    expect(
      await tailrace.sql("SELECT count(*) AS n FROM customers_changes WHERE id IN ('i1', 'i2')"),
    ).toEqual([{ n: 3 }]);
  });

  test('lists what does not fit with line and reason, imports the rest, and ends with 2', async () => {
    const path = write('mixed.ndjson', [
      customer('m1'),
      '{"half',
      customer('m2', { email: 'no' }),
      customer('m1'),
      customer('m3', { colour: 'red' }),
      customer('m4', { name: 'x'.repeat(100_000) }),
    ]);
    const { code, stdout, stderr } = await tailrace.cli('import', 'customer', path);
    expect(code).toBe(2);
    expect(stdout).toContain('1 written');
    expect(stderr).toContain(`${path}.rejects.ndjson`);
    const rejects = readFileSync(`${path}.rejects.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; reasons: string[] });
    expect(rejects.map(({ line }) => line).toSorted((one, other) => one - other)).toEqual([2, 3, 4, 5, 6]);
    expect(rejects.find(({ line }) => line === 3)?.reasons[0]).toMatch(/^\/email: /);
    expect(rejects.find(({ line }) => line === 4)?.reasons[0]).toBe('the same key as line 1');
  });

  test('names entities and files that are not there', async () => {
    const path = write('empty.ndjson', []);
    expect(await tailrace.cli('import', 'spaceship', path)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('customer'),
    });
    expect(await tailrace.cli('import', 'customer', join(folder, 'gone.ndjson'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no file'),
    });
    expect(await tailrace.cli('import', 'customer', path)).toMatchObject({ code: 0 });
  });
});
