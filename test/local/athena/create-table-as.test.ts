import { GetQueryResultsCommand, StopQueryExecutionCommand } from '@aws-sdk/client-athena';
import { GetPartitionsCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, failure, openLake, parquetTable, REGION, run, start, type Lake } from './lake.ts';

const orders = parquetTable('orders', {
  id: 'string',
  total: 'struct<amount:bigint,currency:string>',
  placed: 'timestamp',
});
/** A workgroup that lets a statement say where its table lies. */
const OPEN = { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://results/open/' } };

let lake: Lake;
let glue: GlueClient;

beforeAll(async () => {
  lake = await openLake([orders]);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  glue = new GlueClient({ endpoint: lake.endpoint, region: REGION, credentials });
  await lake.write(
    'orders/a.parquet',
    `SELECT 'o' || x AS id, {'amount': x, 'currency': 'USD'} AS total, TIMESTAMP '2026-11-22 13:00:00.123' AS placed FROM range(1, 4) t(x)`,
  );
});

afterAll(async () => {
  glue.destroy();
  await lake.destroy();
});

const keys = (bucket: string, prefix: string) => lake.store.list(bucket, prefix).map(({ key }) => key);

const tableOf = async (name: string) =>
  (await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: name }))).Table;

describe('CREATE TABLE AS', () => {
  test('leaves a table with the rows of its query, where it says', async () => {
    const { execution, names, types, rows } = await run(
      lake,
      `CREATE TABLE "shop"."usd" WITH (format = 'PARQUET', external_location = 's3://lake/marts/usd/1', write_compression = 'ZSTD') AS SELECT id, total, placed, CAST('x' AS varchar(3)) AS word, DATE '2026-11-22' AS day FROM orders WHERE total.amount > 1`,
      OPEN,
    );
    const [key = '', ...others] = keys('lake', 'marts/usd/1/');
    const codecs = await lake.duckdb(`SELECT DISTINCT compression FROM parquet_metadata(file('${key}'))`);

    expect({ names, types, rows, others, codecs }).toEqual({
      names: ['rows'],
      types: ['bigint'],
      rows: [],
      others: [],
      codecs: [['ZSTD']],
    });
    expect(execution).toMatchObject({
      StatementType: 'DDL',
      SubstatementType: 'CREATE_TABLE_AS_SELECT',
      ResultConfiguration: { OutputLocation: `s3://results/open/tables/${execution.QueryExecutionId}` },
      Statistics: {
        DataManifestLocation: `s3://results/open/tables/${execution.QueryExecutionId}-manifest.csv`,
        DataScannedInBytes: await lake.columnBytes(
          'orders/a.parquet',
          'id',
          'total, amount',
          'total, currency',
          'placed',
        ),
      },
    });
    expect(await tableOf('usd')).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { EXTERNAL: 'TRUE', 'parquet.compress': 'ZSTD' },
      StorageDescriptor: {
        Location: 's3://lake/marts/usd/1/',
        Columns: [
          { Name: 'id', Type: 'string' },
          { Name: 'total', Type: 'struct<amount:bigint,currency:string>' },
          { Name: 'placed', Type: 'timestamp' },
          { Name: 'word', Type: 'varchar(3)' },
          { Name: 'day', Type: 'date' },
        ],
        SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    });
    expect((await run(lake, 'SELECT * FROM usd ORDER BY id')).rows).toEqual([
      ['o2', '{amount=2, currency=USD}', '2026-11-22 13:00:00.123', 'x', '2026-11-22'],
      ['o3', '{amount=3, currency=USD}', '2026-11-22 13:00:00.123', 'x', '2026-11-22'],
    ]);
  });

  test('says how many rows it wrote, and lists its files', async () => {
    const { execution } = await run(lake, 'CREATE TABLE counted AS SELECT id FROM orders');
    const id = execution.QueryExecutionId;

    const results = await lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    const manifest = await lake.store.get('results', `athena/tables/${id}-manifest.csv`);

    expect(results).toMatchObject({ UpdateCount: 3, ResultSet: { Rows: [] } });
    expect(manifest.toString()).toBe(`s3://results/${keys('results', `athena/tables/${id}/`)[0]}\n`);
    expect((await tableOf('counted'))?.StorageDescriptor?.Location).toBe(`s3://results/athena/tables/${id}/`);
  });

  test('of no rows, or WITH NO DATA, leaves an empty table without a file', async () => {
    await run(lake, 'CREATE TABLE none AS SELECT id, total FROM orders WHERE false');
    const { execution } = await run(lake, 'CREATE TABLE shape AS SELECT id, total FROM orders WITH NO DATA');

    expect((await run(lake, 'SELECT * FROM none')).rows).toEqual([]);
    expect((await run(lake, 'SELECT * FROM shape')).types).toEqual(['varchar', 'row']);
    expect(execution.Statistics?.DataScannedInBytes).toBe(0);
  });

  test('partitions by its last columns and registers what it wrote', async () => {
    const rows = `(VALUES ('a', '2026-11-22', 1), ('b', '2026-11-22', 2), ('c', 'a/b', 1), ('d', NULL, 1), ('e', '', 1)) AS t(id, dt, n)`;
    await run(lake, `CREATE TABLE parts WITH (partitioned_by = ARRAY['dt', 'n']) AS SELECT * FROM ${rows}`);

    const { Partitions } = await glue.send(
      new GetPartitionsCommand({ DatabaseName: 'shop', TableName: 'parts' }),
    );
    const all = await run(lake, 'SELECT id, dt, n, "$partition" FROM parts ORDER BY id');
    const shown = await run(lake, 'SHOW PARTITIONS parts');

    expect((await tableOf('parts'))?.PartitionKeys).toEqual([
      { Name: 'dt', Type: 'varchar(10)' },
      { Name: 'n', Type: 'int' },
    ]);
    expect(Partitions?.map(({ Values }) => Values).toSorted()).toEqual([
      ['2026-11-22', '1'],
      ['2026-11-22', '2'],
      ['__HIVE_DEFAULT_PARTITION__', '1'],
      ['a/b', '1'],
    ]);
    expect(all.rows).toEqual([
      ['a', '2026-11-22', '1', 'dt=2026-11-22/n=1'],
      ['b', '2026-11-22', '2', 'dt=2026-11-22/n=2'],
      ['c', 'a/b', '1', 'dt=a%2Fb/n=1'],
      ['d', undefined, '1', 'dt=__HIVE_DEFAULT_PARTITION__/n=1'],
      ['e', undefined, '1', 'dt=__HIVE_DEFAULT_PARTITION__/n=1'],
    ]);
    expect((await run(lake, `SELECT id FROM parts WHERE dt = 'a/b' AND n >= 1`)).rows).toEqual([['c']]);
    expect(shown.rows.map(([row]) => row)).toContain('dt=a%2Fb/n=1');
  });

  test('writes at most a hundred partitions', async () => {
    const query = 'SELECT x AS id, x AS n FROM UNNEST(sequence(1, 101)) t(x)';

    expect(await failure(lake, `CREATE TABLE many WITH (partitioned_by = ARRAY['n']) AS ${query}`)).toContain(
      'HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers',
    );
    expect(await failure(lake, 'SELECT * FROM many')).toContain('TABLE_NOT_FOUND');
  });

  test('leaves its table and partitions to the next start', async () => {
    const first = await openLake([]);
    await run(first, `CREATE TABLE kept WITH (partitioned_by = ARRAY['n']) AS SELECT 'x' AS id, 1 AS n`);
    await first.stop();

    const second = await openLake([], first.dataDir);
    const { rows } = await run(second, 'SELECT * FROM kept');
    await second.destroy();

    expect(rows).toEqual([['x', '1']]);
  });
});

describe('CREATE TABLE AS is refused', () => {
  test('where something lies already', async () => {
    await lake.write('taken/deep/a.parquet', 'SELECT 1 AS x');

    expect(
      await failure(
        lake,
        `CREATE TABLE t WITH (external_location = 's3://lake/taken/') AS SELECT 1 AS x`,
        OPEN,
      ),
    ).toContain(
      "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'shop.t' already exists: s3://lake/taken/.",
    );
    await run(lake, `CREATE TABLE beside WITH (external_location = 's3://lake/take') AS SELECT 1 AS x`, OPEN);
    expect(await failure(lake, 'SELECT * FROM t')).toContain('TABLE_NOT_FOUND');
  });

  test('with a location of its own in a workgroup that has one for all', async () => {
    await expect(
      start(lake, `CREATE TABLE t WITH (external_location = 's3://lake/t/') AS SELECT 1 AS x`),
    ).rejects.toThrow("submitted with an 'external_location' property to an Athena Workgroup that enforces");
  });

  test.each([
    [
      'CREATE TABLE orders AS SELECT 1 AS x',
      "TABLE_ALREADY_EXISTS: line 1:14: Destination table 'awsdatacatalog.shop.orders' already exists",
    ],
    ['CREATE TABLE t AS SELECT 1', 'Column name not specified at position 1'],
    [
      'CREATE TABLE t AS SELECT 1 AS x, 2 AS x',
      "DUPLICATE_COLUMN_NAME: line 1:14: Column name 'x' specified more than once",
    ],
    ['CREATE TABLE t AS SELECT NULL AS x', 'COLUMN_TYPE_UNKNOWN'],
    ["CREATE TABLE t AS SELECT '' AS x", 'Unsupported Hive type: varchar(0)'],
    ['CREATE TABLE t AS SELECT current_timestamp AS x', 'Unsupported Hive type: timestamp(3) with time zone'],
    [
      "CREATE TABLE t AS SELECT TIMESTAMP '2026-01-01 00:00:00.123456' AS x",
      'Incorrect timestamp precision for timestamp(6)',
    ],
    ["CREATE TABLE t AS SELECT ARRAY[JSON '1'] AS x", 'Unsupported Hive type: json'],
    ['CREATE TABLE t AS SELECT ROW(1) AS x', 'Anonymous row type is not supported in Hive'],
    [
      "CREATE TABLE t WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b",
      'HIVE_COLUMN_ORDER_MISMATCH',
    ],
    [
      "CREATE TABLE t WITH (partitioned_by = ARRAY['c']) AS SELECT 1 AS a",
      'Partition columns [c] not present in schema',
    ],
    [
      "CREATE TABLE t WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a",
      'Table contains only partition columns',
    ],
    ["CREATE TABLE t WITH (format = 'ORC') AS SELECT 1 AS a", 'does not write tables of format ORC'],
    ["CREATE TABLE t WITH (FORMAT = 'PARQUET') AS SELECT 1 AS a", "property 'FORMAT' does not exist"],
    [
      "CREATE TABLE t WITH (bucketed_by = ARRAY['a'], bucket_count = 2) AS SELECT 1 AS a",
      'does not write tables with the property bucketed_by',
    ],
    ["CREATE TABLE t WITH (table_type = 'ICEBERG') AS SELECT 1 AS a", 'NOT_SUPPORTED'],
    ['CREATE TABLE `t` AS SELECT 1 AS a', 'backquoted identifiers are not supported'],
    ['CREATE TABLE nowhere.t AS SELECT 1 AS a', "Schema 'nowhere' does not exist"],
    ['CREATE TABLE t AS SELECT 1 / 0 AS a', 'DIVISION_BY_ZERO'],
  ])('%s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
    expect(await failure(lake, 'SELECT * FROM t')).toContain('TABLE_NOT_FOUND');
  });

  test.each(['glue:CreateTable', 's3:PutObject', 's3:GetBucketLocation'])('without %s', async (action) => {
    const sql = `CREATE TABLE t WITH (external_location = 's3://lake/denied/') AS SELECT 1 AS x`;
    const id = await start(lake, sql, OPEN);
    lake.denied.add(action);
    const execution = await ended(lake, id);
    lake.denied.clear();

    expect(execution.Status?.StateChangeReason).toContain(action);
    expect(keys('lake', 'denied/')).toEqual([]);
  });
});

test('a CREATE TABLE AS that is stopped leaves no table', async () => {
  const id = await start(
    lake,
    'CREATE TABLE stopped AS SELECT count(*) AS n FROM UNNEST(sequence(1, 9999)) a(x), UNNEST(sequence(1, 9999)) b(x), UNNEST(sequence(1, 9999)) c(x) WHERE a.x * b.x % 7 = c.x % 5',
  );
  await lake.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));

  expect((await ended(lake, id)).Status?.State).toBe('CANCELLED');
  expect(await failure(lake, 'SELECT * FROM stopped')).toContain('TABLE_NOT_FOUND');
});

describe('DROP TABLE', () => {
  test('takes the table away and leaves its data', async () => {
    await run(
      lake,
      `CREATE TABLE doomed WITH (external_location = 's3://lake/doomed/') AS SELECT 1 AS x`,
      OPEN,
    );
    await run(lake, 'DROP TABLE `shop`.`doomed`');
    await run(lake, 'DROP TABLE IF EXISTS `shop.doomed`');

    expect(keys('lake', 'doomed/')).toHaveLength(1);
    expect(await failure(lake, 'SELECT * FROM doomed')).toContain('TABLE_NOT_FOUND');
    expect(await failure(lake, 'DROP TABLE doomed')).toContain('Table not found shop.doomed');
  });

  test('keeps what a stack deployed, and views', async () => {
    await run(lake, 'CREATE VIEW seen AS SELECT 1 AS x');

    expect(await failure(lake, 'DROP TABLE orders')).toContain('belongs to a deployed stack');
    expect(await failure(lake, 'DROP TABLE seen')).toContain('Cannot drop a view with DROP TABLE');
    expect(await failure(lake, 'DROP TABLE "orders"')).toContain('in backticks');
  });
});
