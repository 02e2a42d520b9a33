import { StopQueryExecutionCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ACCOUNT, ended, failure, openLake, REGION, run, start, type Lake } from '../lake.ts';
import { createTable, glueTable, inTheMiddle, objectsOf, pointTo, rowsOf } from './tables.ts';

let lake: Lake;
let count = 0;
let table: string;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

beforeEach(async () => {
  count += 1;
  table = `t${count}`;
  await run(lake, createTable(table, 'id int, n int'));
  await run(lake, `INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`);
});

const rows = () => rowsOf(lake, `SELECT * FROM ${table} ORDER BY id`);
const insert = (id: number) => () => run(lake, `INSERT INTO ${table} VALUES (${id}, ${id})`);
const BEFORE_COMMIT = '.metadata.json';

describe('two writers at once', () => {
  test('both append', async () => {
    inTheMiddle(lake, BEFORE_COMMIT, insert(4));

    await insert(5)();

    expect(await rowsOf(lake, `SELECT id FROM ${table} ORDER BY id`)).toEqual([
      ['1'],
      ['2'],
      ['3'],
      ['4'],
      ['5'],
    ]);
    expect(await rowsOf(lake, `SELECT count(*) FROM "${table}$snapshots"`)).toEqual([['3']]);
  });

  test.each([
    ['UPDATE', () => `UPDATE ${table} SET n = 0`],
    ['DELETE', () => `DELETE FROM ${table} WHERE id = 1`],
    ['MERGE', () => `MERGE INTO ${table} t USING (VALUES 1) s(id) ON t.id = s.id WHEN MATCHED THEN DELETE`],
    [
      'MERGE that only inserts',
      () =>
        `MERGE INTO ${table} t USING (VALUES 9) s(id) ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)`,
    ],
  ])('the loser of a conflict fails: %s against an INSERT', async (_, sql) => {
    const data = objectsOf(lake, table, '.parquet').length;
    inTheMiddle(lake, BEFORE_COMMIT, insert(4));

    const reason = await failure(lake, sql());

    expect(reason).toContain(`ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: shop.${table}`);
    expect(await rows()).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
      ['4', '4'],
    ]);
    expect(objectsOf(lake, table, '.parquet')).toHaveLength(data + 1);
  });

  test('the loser of a conflict fails: of two that change the same row one wins', async () => {
    inTheMiddle(lake, BEFORE_COMMIT, () => run(lake, `UPDATE ${table} SET n = n + 10 WHERE id = 1`));

    expect(await failure(lake, `UPDATE ${table} SET n = n + 100 WHERE id = 1`)).toContain(
      'ICEBERG_COMMIT_ERROR',
    );
    expect((await rows())[0]).toEqual(['1', '11']);
  });

  test('started together end as one after the other, or fail as a conflict', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((id) => run(lake, `UPDATE ${table} SET n = n + 10 WHERE id = ${(id % 3) + 1}`)),
    );

    const won = results.filter(({ status }) => status === 'fulfilled').length;
    const reasons = results.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(won).toBeGreaterThan(0);
    expect(reasons.filter((reason) => !reason.includes('ICEBERG_COMMIT_ERROR'))).toEqual([]);
    expect(
      await rowsOf(lake, `SELECT count(*) FROM "${table}$snapshots" WHERE operation = 'overwrite'`),
    ).toEqual([[String(won)]]);
  });

  test('a compaction goes with an INSERT and not with a DELETE', async () => {
    for (const id of [4, 5, 6, 7]) await insert(id)();
    inTheMiddle(lake, BEFORE_COMMIT, insert(8));
    await run(lake, `OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`);
    const after = await rowsOf(lake, `SELECT count(*), count(DISTINCT id) FROM ${table}`);
    for (const id of [9, 10, 11, 12]) await insert(id)();
    inTheMiddle(lake, BEFORE_COMMIT, () => run(lake, `DELETE FROM ${table} WHERE id = 2`));

    const reason = await failure(lake, `OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`);

    expect(after).toEqual([['8', '8']]);
    expect(reason).toContain('ICEBERG_COMMIT_ERROR');
    expect(await rowsOf(lake, `SELECT count(*), count(DISTINCT id) FROM ${table}`)).toEqual([['11', '11']]);
  });

  test('rows may change while other files are compacted, but not the same files', async () => {
    for (const id of [4, 5, 6, 7]) await insert(id)();
    inTheMiddle(lake, BEFORE_COMMIT, () => run(lake, `OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`));

    const reason = await failure(lake, `UPDATE ${table} SET n = 0 WHERE id = 1`);

    expect(reason).toContain('Cannot commit, missing data files');
  });

  test('a change of the schema does not stop a change of rows, nor rows a change of the schema', async () => {
    inTheMiddle(lake, BEFORE_COMMIT, () => run(lake, `ALTER TABLE ${table} ADD COLUMNS (note string)`));
    await run(lake, `UPDATE ${table} SET n = 0 WHERE id = 1`);
    inTheMiddle(lake, BEFORE_COMMIT, insert4());

    await run(lake, `ALTER TABLE ${table} ADD COLUMNS (more string)`);

    expect(
      await rowsOf(lake, `SELECT id, n, note, more FROM ${table} WHERE id IN (1, 4) ORDER BY id`),
    ).toEqual([
      ['1', '0', undefined, undefined],
      ['4', '4', undefined, undefined],
    ]);
  });

  const insert4 = () => () => run(lake, `INSERT INTO ${table} (id, n) VALUES (4, 4)`);

  test('a table dropped or made anew meanwhile is not written', async () => {
    inTheMiddle(lake, BEFORE_COMMIT, () => run(lake, `DROP TABLE ${table}`));
    const dropped = await failure(lake, `INSERT INTO ${table} VALUES (5, 5)`);
    await run(lake, createTable(table, 'id int, n int'));
    inTheMiddle(lake, BEFORE_COMMIT, async () => {
      await run(lake, `DROP TABLE ${table}`);
      await run(lake, createTable(table, 'id int, n int'));
    });

    const anew = await failure(lake, `INSERT INTO ${table} VALUES (5, 5)`);

    expect(dropped).toContain('ICEBERG_COMMIT_ERROR');
    expect(anew).toContain('ICEBERG_COMMIT_ERROR');
    expect(await rows()).toEqual([]);
  });

  test('another engine that names the version it has read loses against a commit meanwhile', async () => {
    const read = await glueTable(lake, table);
    await insert(4)();

    await expect(pointTo(lake, read, 's3://lake/other.metadata.json')).rejects.toMatchObject({
      name: 'ConcurrentModificationException',
    });
    expect(await rowsOf(lake, `SELECT count(*) FROM ${table}`)).toEqual([['4']]);
  });
});

describe('a reader', () => {
  test('sees one snapshot all through a query', async () => {
    const self = `SELECT a.c, b.c FROM (SELECT count(*) AS c FROM ${table}) a CROSS JOIN (SELECT count(*) AS c FROM ${table}) b`;
    const reads = Array.from({ length: 6 }, () => rowsOf(lake, self));

    await Promise.all([4, 5, 6].map((id) => insert(id)()));

    for (const [[first, second] = []] of await Promise.all(reads)) expect(first).toBe(second);
  });
});

describe('VACUUM', () => {
  test('leaves the files of a statement that has not committed', async () => {
    await run(lake, `ALTER TABLE ${table} SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='1')`);
    inTheMiddle(lake, BEFORE_COMMIT, async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
      await run(lake, `VACUUM ${table}`).finally(() => vi.useRealTimers());
    });

    await insert(4)();

    expect(await rowsOf(lake, `SELECT count(*), sum(n) FROM ${table}`)).toEqual([['4', '10']]);
  });
});

describe('a statement that fails', () => {
  test('leaves no file behind', async () => {
    const before = objectsOf(lake, table);

    await failure(lake, `INSERT INTO ${table} SELECT id, 1 / (id - 3) FROM ${table}`);
    inTheMiddle(lake, '.avro', () => Promise.reject(new Error('disk full')));
    const reason = await failure(lake, `UPDATE ${table} SET n = 9`);

    expect(reason).toContain('disk full');
    expect(objectsOf(lake, table)).toEqual(before);
  });
});

describe('a statement that is cancelled', () => {
  test('before its commit changes nothing and leaves no file behind', async () => {
    const before = objectsOf(lake, table);
    let id = '';
    inTheMiddle(lake, BEFORE_COMMIT, () =>
      lake.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id })),
    );

    id = await start(lake, `DELETE FROM ${table}`);
    const execution = await ended(lake, id);

    expect(execution.Status?.State).toBe('CANCELLED');
    await vi.waitFor(() => expect(objectsOf(lake, table)).toEqual(before));
    expect(await rowsOf(lake, `SELECT count(*) FROM ${table}`)).toEqual([['3']]);
  });
});

describe('rights', () => {
  const arn = (name: string) => `arn:aws:glue:${REGION}:${ACCOUNT}:table/shop/${name}`;

  test('to read are those of the table and its files', async () => {
    lake.asked.length = 0;

    await run(lake, `SELECT * FROM ${table}`);

    expect(lake.asked).toEqual(
      expect.arrayContaining([
        `glue:GetTable ${arn(table)}`,
        's3:ListBucket arn:aws:s3:::lake',
        `s3:GetObject arn:aws:s3:::lake/curated/${table}/*`,
      ]),
    );
    expect(lake.asked.filter((one) => /UpdateTable|PutObject arn:aws:s3:::lake/.test(one))).toEqual([]);
  });

  test.each([
    ['glue:UpdateTable', () => `INSERT INTO ${table} VALUES (9, 9)`],
    ['s3:PutObject arn:aws:s3:::lake/', () => `DELETE FROM ${table}`],
    ['s3:GetObject', () => `SELECT * FROM ${table}`],
    ['s3:GetObject', () => `UPDATE ${table} SET n = 1`],
    ['glue:GetTable', () => `MERGE INTO ${table} t USING ${table} s ON t.id = s.id WHEN MATCHED THEN DELETE`],
    ['glue:UpdateTable', () => `ALTER TABLE ${table} ADD COLUMNS (x int)`],
    ['glue:CreateTable', () => createTable('never', 'id int')],
    ['s3:PutObject arn:aws:s3:::lake/', () => createTable('never', 'id int')],
    ['glue:DeleteTable', () => `DROP TABLE ${table}`],
    ['s3:DeleteObject', () => `DROP TABLE ${table}`],
    ['glue:UpdateTable', () => `OPTIMIZE ${table} REWRITE DATA USING BIN_PACK`],
    ['glue:UpdateTable', () => `VACUUM ${table}`],
  ])('without %s a statement that needs it fails', async (right, sql) => {
    lake.denied.add(right);
    const reason = await failure(lake, sql());
    lake.denied.clear();

    expect(reason).toContain('PERMISSION_DENIED');
    expect(await rowsOf(lake, `SELECT count(*) FROM ${table}`)).toEqual([['3']]);
  });
});
