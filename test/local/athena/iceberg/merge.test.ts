import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from '../lake.ts';
import { createTable, rowsOf, updateCount } from './tables.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([parquetTable('hive', { id: 'string', n: 'int' })]);
  await lake.write('hive/a.parquet', "SELECT 'b' AS id, 20 AS n UNION ALL SELECT 'c', 30");
  await run(lake, createTable('t', 'id string, n int, note string'));
});

afterAll(() => lake.destroy());

beforeEach(async () => {
  await run(lake, 'DELETE FROM t');
  await run(lake, "INSERT INTO t VALUES ('a', 1, 'old'), ('b', 2, 'old'), (NULL, 0, 'none')");
});

const table = () => rowsOf(lake, 'SELECT * FROM t ORDER BY id NULLS LAST, n');

describe('MERGE', () => {
  test('updates rows with a match and inserts the others', async () => {
    const { execution } = await run(
      lake,
      `MERGE INTO "shop"."t" AS t USING (SELECT * FROM "shop"."hive") AS s ON t."id" = s."id"
       WHEN MATCHED THEN UPDATE SET "n" = s."n" + t.n
       WHEN NOT MATCHED THEN INSERT ("id", "n") VALUES (s."id", s."n")`,
    );

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'MERGE']);
    expect(await table()).toEqual([
      ['a', '1', 'old'],
      ['b', '22', 'old'],
      ['c', '30', undefined],
      [undefined, '0', 'none'],
    ]);
  });

  test('takes the first clause whose condition is true, and none where it is NULL', async () => {
    await run(
      lake,
      `MERGE INTO t USING (VALUES ('a', 1), ('b', NULL), ('x', 5), ('y', 1)) AS s(id, n) ON t.id = s.id
       WHEN MATCHED AND s.n > 5 THEN UPDATE SET note = 'large'
       WHEN MATCHED AND s.n = 1 THEN DELETE
       WHEN MATCHED AND s.n < 9 THEN UPDATE SET note = 'never'
       WHEN NOT MATCHED AND s.n > 1 THEN INSERT VALUES (s.id, s.n, 'new')`,
    );

    expect(await table()).toEqual([
      ['b', '2', 'old'],
      ['x', '5', 'new'],
      [undefined, '0', 'none'],
    ]);
  });

  test('matches by any condition, a constant one too', async () => {
    await run(
      lake,
      "MERGE INTO t USING (VALUES 1) AS s(n) ON t.n = s.n + 1 AND t.note LIKE 'o%' WHEN MATCHED THEN UPDATE SET note = 'hit'",
    );
    await run(
      lake,
      'MERGE INTO t USING (VALUES 7) AS s(n) ON false WHEN NOT MATCHED THEN INSERT (n) VALUES (s.n)',
    );

    expect(await rowsOf(lake, 'SELECT n, note FROM t ORDER BY n')).toEqual([
      ['0', 'none'],
      ['1', 'old'],
      ['2', 'hit'],
      ['7', undefined],
    ]);
  });

  test('reads its own target as a source, and joins and WITH queries', async () => {
    await run(
      lake,
      `MERGE INTO t USING (WITH w AS (SELECT id, max(n) AS n FROM t GROUP BY id) SELECT w.id, h.n FROM w JOIN hive h ON h.id = w.id) s
       ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = s.n, note = (SELECT max(note) FROM t)`,
    );

    expect(await rowsOf(lake, "SELECT * FROM t WHERE id = 'b'")).toEqual([['b', '20', 'old']]);
  });

  test('fails when one target row meets several source rows, and changes nothing', async () => {
    const twice = (clause: string) =>
      `MERGE INTO t USING (VALUES ('a', 1), ('a', 2), ('z', 3), ('z', 3)) AS s(id, n) ON t.id = s.id ${clause}`;
    const reason =
      'MERGE_TARGET_ROW_MULTIPLE_MATCHES: One MERGE target table row matched more than one source row';
    const before = await table();

    expect(await failure(lake, twice('WHEN MATCHED THEN UPDATE SET n = s.n'))).toBe(reason);
    expect(await failure(lake, twice('WHEN MATCHED AND s.n > 5 THEN DELETE'))).toBe(reason);
    expect(await table()).toEqual(before);
  });

  test('may insert equal source rows that match nothing', async () => {
    await run(
      lake,
      "MERGE INTO t USING (VALUES ('z', 3), ('z', 3)) AS s(id, n) ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, s.n)",
    );

    expect(await rowsOf(lake, "SELECT count(*) FROM t WHERE id = 'z'")).toEqual([['2']]);
  });

  test('counts the rows it changed', async () => {
    await run(lake, createTable('counted', 'id int'));
    await run(lake, 'INSERT INTO counted VALUES 1, 2, 3');

    const count = await updateCount(
      lake,
      'MERGE INTO counted t USING (VALUES 1, 2, 9) AS s(id) ON t.id = s.id WHEN MATCHED AND s.id = 1 THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)',
    );

    expect(count).toBe(2);
    expect(await rowsOf(lake, 'SELECT id FROM counted ORDER BY id')).toEqual([['2'], ['3'], ['9']]);
    expect(await updateCount(lake, 'UPDATE counted SET id = id + 1')).toBe(3);
    expect(await updateCount(lake, 'DELETE FROM counted WHERE id > 3')).toBe(2);
  });

  test.each([
    [
      'MERGE INTO t USING hive s ON t.id = s.n WHEN MATCHED THEN DELETE',
      'TYPE_MISMATCH: line 1:30: Cannot apply operator: varchar = integer',
    ],
    [
      'MERGE INTO t USING hive s ON t.n WHEN MATCHED THEN DELETE',
      'The MERGE predicate must evaluate to a boolean: actual type integer',
    ],
    [
      'MERGE INTO t USING hive s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = s.id',
      "TYPE_MISMATCH: line 1:12: MERGE table column types don't match for MERGE case 0, SET expressions: Table: [integer], Expressions: [varchar]",
    ],
    [
      'MERGE INTO t USING hive s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id)',
      'MERGE case 1, SET expressions: Table: [varchar, integer, varchar], Expressions: [varchar]',
    ],
    [
      'MERGE INTO t USING hive s ON t.id = s.id WHEN MATCHED THEN UPDATE SET nope = 1',
      'COLUMN_NOT_FOUND: line 1:12: Merge column name does not exist in target table: nope',
    ],
    [
      'MERGE INTO t USING hive s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, id) VALUES (s.id, s.id)',
      'Merge column name is specified more than once: id',
    ],
    [
      'MERGE INTO t AS x USING hive s ON t.id = s.id WHEN MATCHED THEN DELETE',
      "COLUMN_NOT_FOUND: line 1:35: Column 't.id' cannot be resolved",
    ],
    [
      'MERGE INTO hive USING t ON hive.id = t.id WHEN MATCHED THEN DELETE',
      'Modifying Hive table rows is only supported for transactional tables',
    ],
    ['MERGE INTO t USING hive s ON t.id = s.id', "mismatched input '<EOF>'. Expecting: WHEN"],
    [
      'MERGE INTO t USING hive s ON t.id = s.id WHEN MATCHED THEN INSERT VALUES (1)',
      "mismatched input 'INSERT'",
    ],
  ])('refuses %s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
  });
});

describe('UPDATE', () => {
  test('sets columns from the row as it was', async () => {
    const { execution } = await run(
      lake,
      "UPDATE t SET n = n * 10, note = id || note WHERE id IN ('a', 'b')",
    );

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'UPDATE']);
    expect(await table()).toEqual([
      ['a', '10', 'aold'],
      ['b', '20', 'bold'],
      [undefined, '0', 'none'],
    ]);
  });

  test('without WHERE changes every row, and with a condition no row fulfils none', async () => {
    await run(lake, 'UPDATE t SET note = NULL');
    await run(lake, "UPDATE t SET note = 'x' WHERE id > 'c'");

    expect(await rowsOf(lake, 'SELECT count(*), count(note) FROM t')).toEqual([['3', '0']]);
  });

  test.each([
    [
      'UPDATE t SET n = id',
      "TYPE_MISMATCH: line 1:8: UPDATE table column types don't match SET expressions: Table: [integer], Expressions: [varchar]",
    ],
    ['UPDATE t SET nope = 1', "COLUMN_NOT_FOUND: line 1:8: The UPDATE SET target column nope doesn't exist"],
    ['UPDATE hive SET n = 1', 'Modifying Hive table rows is only supported for transactional tables'],
    ['UPDATE t SET n = 1 WHERE n', 'WHERE clause must evaluate to a boolean: actual type integer'],
  ])('refuses %s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
  });
});

describe('DELETE', () => {
  test('removes the rows a condition is true for', async () => {
    const { execution } = await run(lake, "DELETE FROM t WHERE id > 'a' OR n = 0");

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DML', 'DELETE']);
    expect(await table()).toEqual([['a', '1', 'old']]);
  });

  test('writes positions, and drops a data file that has no row left', async () => {
    await run(lake, createTable('files', 'n int'));
    await run(lake, 'INSERT INTO files VALUES 1, 2');
    await run(lake, 'INSERT INTO files VALUES 3');
    await run(lake, 'DELETE FROM files WHERE n IN (1, 3)');
    const summary = 'SELECT summary FROM "files$snapshots" ORDER BY committed_at DESC LIMIT 1';

    const [[first] = []] = await rowsOf(lake, summary);
    await run(lake, 'DELETE FROM files WHERE n = 2');
    const [[second] = []] = await rowsOf(lake, summary);

    expect(first).toContain('added-position-deletes=1, ');
    expect(first).toContain('deleted-data-files=1, ');
    expect(second).toContain('total-data-files=0');
    expect(await rowsOf(lake, 'SELECT count(*) FROM files')).toEqual([['0']]);
  });
});
