import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from './lake.ts';

const orders = parquetTable('orders', {
  id: 'string',
  total: 'struct<amount:bigint,currency:string>',
  seq: 'string',
});

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([orders]);
  await lake.write(
    'orders/a.parquet',
    `SELECT * FROM (VALUES ('o1', {'amount': 5::BIGINT, 'currency': 'USD'}, '1'), ('o1', {'amount': 7::BIGINT, 'currency': 'USD'}, '2'),
      ('o2', {'amount': 1::BIGINT, 'currency': 'EUR'}, '1')) t(id, total, seq)`,
  );
});

afterAll(() => lake.destroy());

const CURRENT = `CREATE OR REPLACE VIEW shop.current AS
SELECT id, total, total.amount AS amount FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY seq DESC) AS rn FROM orders
) WHERE rn = 1`;

describe('a view', () => {
  test('answers like its query', async () => {
    await run(lake, CURRENT);

    const { names, types, rows } = await run(lake, 'SELECT * FROM current ORDER BY id');

    expect({ names, types }).toEqual({
      names: ['id', 'total', 'amount'],
      types: ['varchar', 'row', 'bigint'],
    });
    expect(rows).toEqual([
      ['o1', '{amount=7, currency=USD}', '7'],
      ['o2', '{amount=1, currency=EUR}', '1'],
    ]);
  });

  test('reads its tables in the database it was made in, from any other', async () => {
    await run(lake, CURRENT);

    const { rows } = await run(lake, 'SELECT count(*) FROM shop.current', {
      QueryExecutionContext: { Database: 'default' },
    });

    expect(rows).toEqual([['2']]);
  });

  test('of a view, with a comment, works', async () => {
    await run(lake, CURRENT);
    await run(
      lake,
      "CREATE VIEW by_currency COMMENT 'sums' AS SELECT total.currency, sum(amount) AS amount FROM current GROUP BY 1",
    );

    const { rows } = await run(lake, 'SELECT * FROM by_currency ORDER BY currency');

    expect(rows).toEqual([
      ['EUR', '1'],
      ['USD', '7'],
    ]);
  });

  test('stays when it exists and nothing says OR REPLACE', async () => {
    await run(lake, 'CREATE VIEW once AS SELECT 1 AS x');

    expect(await failure(lake, 'CREATE VIEW once AS SELECT 2 AS x')).toContain(
      "View already exists: 'shop.once'",
    );
    expect((await run(lake, 'SELECT x FROM once')).rows).toEqual([['1']]);
  });

  test('needs a name for every column', async () => {
    expect(await failure(lake, 'CREATE VIEW nameless AS SELECT 1')).toContain(
      'Column name not specified at position 1',
    );
  });

  test('is gone after DROP VIEW', async () => {
    await run(lake, 'CREATE VIEW doomed AS SELECT 1 AS x');
    await run(lake, 'DROP VIEW doomed');
    await run(lake, 'DROP VIEW IF EXISTS doomed');

    expect(await failure(lake, 'SELECT * FROM doomed')).toContain('TABLE_NOT_FOUND');
    expect(await failure(lake, 'DROP VIEW doomed')).toContain('does not exist');
  });

  test('has no hidden column but the path', async () => {
    await run(lake, 'CREATE VIEW placed AS SELECT id, "$path" AS path FROM orders');

    expect((await run(lake, 'SELECT DISTINCT path FROM placed')).rows).toEqual([
      ['s3://lake/orders/a.parquet'],
    ]);
    expect(await failure(lake, 'CREATE VIEW sized AS SELECT "$file_size" AS s FROM orders')).toContain(
      'not supported for views',
    );
  });

  test('does not replace a table', async () => {
    expect(await failure(lake, 'CREATE OR REPLACE VIEW orders AS SELECT 1 AS x')).toContain('is no view');
  });

  test('that reads itself is refused', async () => {
    await run(lake, 'CREATE VIEW loop AS SELECT 1 AS x');
    await run(lake, 'CREATE OR REPLACE VIEW loop AS SELECT * FROM loop');

    expect(await failure(lake, 'SELECT * FROM loop')).toContain("View 'shop.loop' is recursive");
  });

  test('survives a restart', async () => {
    const first = await openLake([orders]);
    await run(first, 'CREATE VIEW kept AS SELECT 42 AS x');
    await first.stop();

    const second = await openLake([orders], first.dataDir);
    const { rows } = await run(second, 'SELECT x FROM kept');
    await second.destroy();

    expect(rows).toEqual([['42']]);
  });
});

describe('what SHOW and DESCRIBE print', () => {
  test('is a line each, without a header', async () => {
    await run(lake, 'CREATE OR REPLACE VIEW shown AS SELECT 1 AS x,\n  2 AS y');

    const databases = await run(lake, 'SHOW DATABASES');
    const tables = await run(lake, "SHOW TABLES IN shop 'sho*'");
    const views = await run(lake, "SHOW VIEWS LIKE 'shown'");
    const columns = await run(lake, 'SHOW COLUMNS IN orders');
    const created = await run(lake, 'SHOW CREATE VIEW shown');

    expect(databases.rows).toEqual([['default'], ['shop']]);
    expect(tables).toMatchObject({ names: ['tab_name'], rows: [['shown']] });
    expect(views.rows).toEqual([['shown']]);
    expect(columns.rows).toEqual([['id'], ['total'], ['seq']]);
    expect(created.rows).toEqual([['CREATE VIEW shop.shown AS'], ['SELECT 1 AS x,'], ['  2 AS y']]);
  });

  test('of a table is the statement that would make it, and its properties', async () => {
    await run(lake, "CREATE TABLE made WITH (partitioned_by = ARRAY['n']) AS SELECT 'x' AS id, 1 AS n");

    const created = (await run(lake, 'SHOW CREATE TABLE `shop`.`made`')).rows.map(([line]) => line);
    const { rows } = await run(lake, 'SHOW TBLPROPERTIES made');
    const { rows: one } = await run(lake, "SHOW TBLPROPERTIES made('EXTERNAL')");

    expect(created.slice(0, 6)).toEqual([
      'CREATE EXTERNAL TABLE `made`(',
      '  `id` varchar(1))',
      'PARTITIONED BY ( ',
      '  `n` int)',
      'ROW FORMAT SERDE ',
      "  'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' ",
    ]);
    expect(created.slice(-4)).toEqual([
      'TBLPROPERTIES (',
      "  'has_encrypted_data'='false', ",
      "  'parquet.compress'='GZIP', ",
      expect.stringMatching(/^ {2}'presto_query_id'='\d{8}_\d{6}_\d{5}_\w{5}'\)$/),
    ]);
    expect(rows[0]).toEqual(['EXTERNAL\tTRUE']);
    expect(one).toEqual([['TRUE']]);
    expect(await failure(lake, 'SHOW CREATE TABLE "made"')).toContain('in backticks');
    expect(await failure(lake, 'SHOW PARTITIONS orders')).toContain('is not a partitioned table');
  });

  test('of DESCRIBE is padded columns', async () => {
    const { names, rows } = await run(lake, 'DESCRIBE `orders`;', {
      QueryExecutionContext: { Database: '`shop`' },
    });

    expect(names).toEqual(['col_name', 'data_type', 'comment']);
    expect(rows[0]?.[0]?.split('\t').map((cell) => cell.trim())).toEqual(['id', 'string', '']);
  });
});
