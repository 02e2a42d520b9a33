import { gunzipSync } from 'node:zlib';
import { GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from './lake.ts';

const orders = parquetTable('orders', { id: 'string', total: 'struct<amount:bigint,currency:string>' });

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([orders]);
  await lake.write(
    'orders/a.parquet',
    `SELECT 'o' || x AS id, {'amount': x, 'currency': 'USD'} AS total FROM range(1, 4) t(x)`,
  );
});

afterAll(() => lake.destroy());

const objects = (prefix: string) => lake.store.list('lake', prefix);

const textOf = async (prefix: string) => {
  const [object] = objects(prefix);
  return gunzipSync(await lake.store.get('lake', object?.key ?? '')).toString();
};

/** One of each kind of value, and a NULL. */
const VALUES = `SELECT CAST(9007199254740993 AS bigint) AS big, 1.50 AS money, 2.5e0 AS weight, nan() AS nothing, true AS paid, 'a"b' AS word,
  DATE '2026-11-22' AS day, TIMESTAMP '2026-11-22 13:00:00.120' AS at, TIMESTAMP '2026-11-22 13:00:00.000' AS sharp,
  CAST(NULL AS varchar) AS missing, ARRAY[1, NULL] AS list, MAP(ARRAY['k'], ARRAY[1]) AS pairs,
  CAST(ROW('x', 2) AS ROW(a varchar, b integer)) AS pair, X'6869' AS bytes`;

describe('UNLOAD', () => {
  test('writes Parquet with the names and types of its query, compressed as it says', async () => {
    const { execution } = await run(
      lake,
      `UNLOAD (SELECT id, total, CAST(1.5 AS decimal(10,2)) AS money FROM orders WHERE total.amount < 3) TO 's3://lake/exports/a/' WITH (format = 'PARQUET', compression = 'SNAPPY')`,
    );
    const id = execution.QueryExecutionId;
    const [object, ...others] = objects('exports/a/');
    const rows = await lake.duckdb(
      `SELECT id, total.amount, money::VARCHAR FROM read_parquet(file('${object?.key}')) ORDER BY id`,
    );
    const codecs = await lake.duckdb(
      `SELECT DISTINCT compression FROM parquet_metadata(file('${object?.key}'))`,
    );
    const results = await lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));

    expect({ rows, codecs, others }).toEqual({
      rows: [
        ['o1', 1n, '1.50'],
        ['o2', 2n, '1.50'],
      ],
      codecs: [['SNAPPY']],
      others: [],
    });
    expect(execution).toMatchObject({
      StatementType: 'DML',
      SubstatementType: 'UNLOAD',
      ResultConfiguration: { OutputLocation: `s3://results/athena/${id}` },
      Statistics: { DataManifestLocation: `s3://results/athena/${id}-manifest.csv` },
    });
    expect((await lake.store.get('results', `athena/${id}-manifest.csv`)).toString()).toBe(
      `s3://lake/${object?.key}\n`,
    );
    expect(results.ResultSet?.Rows).toEqual([]);
  });

  test('writes lines of JSON, compressed with gzip', async () => {
    await run(lake, `UNLOAD (${VALUES}) TO 's3://lake/exports/json/' WITH (format = 'JSON')`);

    expect(await textOf('exports/json/')).toBe(
      '{"big":9007199254740993,"money":1.50,"weight":2.5,"nothing":"NaN","paid":true,"word":"a\\"b","day":"2026-11-22",' +
        '"at":"2026-11-22 13:00:00.12","sharp":"2026-11-22 13:00:00","missing":null,"list":[1,null],"pairs":{"k":1},"pair":{"a":"x","b":2},"bytes":"hi"}\n',
    );
    expect(objects('exports/json/')[0]?.key).toMatch(/\.gz$/);
  });

  test('writes lines of text with the delimiter it is told', async () => {
    await run(
      lake,
      `UNLOAD (${VALUES}) TO 's3://lake/exports/text/' WITH (format = 'TEXTFILE', field_delimiter = ',')`,
    );

    expect(await textOf('exports/text/')).toBe(
      [
        '9007199254740993',
        '1.50',
        '2.5',
        'NaN',
        'true',
        'a"b',
        '2026-11-22',
        '2026-11-22 13:00:00.12',
        '2026-11-22 13:00:00',
        String.raw`\N`,
        '1\u0002\\N',
        'k\u00031',
        'x\u00022',
        'aGk=',
      ].join(',') + '\n',
    );
  });

  test('into partitions adds to what is there, each in its folder', async () => {
    const sql = `UNLOAD (SELECT id, total.amount AS n FROM orders WHERE total.amount > 1) TO 's3://lake/exports/parts' WITH (format = 'PARQUET', partitioned_by = ARRAY['n'])`;
    await run(lake, sql);
    await run(lake, sql);

    const folders = objects('exports/parts/').map(({ key }) => key.split('/')[2]);

    expect(folders).toEqual(['n=2', 'n=2', 'n=3', 'n=3']);
  });

  test('of no rows writes no file and an empty manifest', async () => {
    const { execution } = await run(
      lake,
      `UNLOAD (SELECT id FROM orders WHERE false) TO 's3://lake/exports/none/' WITH (format = 'JSON')`,
    );

    expect(objects('exports/none/')).toEqual([]);
    expect(
      (await lake.store.get('results', `athena/${execution.QueryExecutionId}-manifest.csv`)).toString(),
    ).toBe('');
  });

  test.each([
    ["(SELECT 1 AS x) TO 's3://lake/orders/' WITH (format = 'PARQUET')", 'HIVE_PATH_ALREADY_EXISTS'],
    ["(SELECT 1) TO 's3://lake/no/' WITH (format = 'PARQUET')", 'Column name not specified at position 1'],
    ["(SELECT 1 AS x) TO 's3://lake/no/' WITH (compression = 'ZSTD')", 'format is required'],
    ["(SELECT 1 AS x) TO 's3://lake/no/'", 'mismatched input'],
    ["(SELECT 1 AS x) TO 's3://lake/no/' WITH (format = 'AVRO')", 'does not write files of format AVRO'],
    [
      "(SELECT 1 AS x) TO 's3://lake/no/' WITH (format = 'PARQUET', compression = 'LZ4')",
      'Parquet compressed with LZ4',
    ],
    [
      "(SELECT 1 AS x) TO 's3://lake/no/' WITH (format = 'JSON', compression = 'ZSTD')",
      'JSON compressed with ZSTD',
    ],
    [
      "(SELECT 1 AS x) TO 's3://lake/no/' WITH (format = 'TEXTFILE', field_delimiter = '||')",
      'several characters',
    ],
    [
      "(SELECT 1 AS x) TO 's3://nowhere-2/no/' WITH (format = 'PARQUET')",
      'Failed checking path: s3://nowhere-2/no/',
    ],
    ["(SELECT 1 AS x) TO '/tmp/no/' WITH (format = 'PARQUET')", "Location '/tmp/no/' is not an S3 address"],
  ])('is refused: %s', async (rest, reason) => {
    expect(await failure(lake, `UNLOAD ${rest}`)).toContain(reason);
    expect(objects('no/')).toEqual([]);
  });

  test('asks for the rights Athena needs where it writes', async () => {
    lake.asked.length = 0;
    await run(
      lake,
      `UNLOAD (SELECT id FROM orders) TO 's3://lake/exports/rights/' WITH (format = 'PARQUET')`,
    );

    expect(lake.asked).toEqual(
      expect.arrayContaining([
        's3:GetBucketLocation arn:aws:s3:::lake',
        's3:ListBucket arn:aws:s3:::lake',
        's3:PutObject arn:aws:s3:::lake/exports/rights/*',
        's3:GetObject arn:aws:s3:::lake/orders/*',
      ]),
    );
  });

  test('takes parameters', async () => {
    await run(
      lake,
      `UNLOAD (SELECT id FROM orders WHERE total.amount = ?) TO 's3://lake/exports/one/' WITH (format = 'JSON')`,
      { ExecutionParameters: ['2'] },
    );

    expect(await textOf('exports/one/')).toBe('{"id":"o2"}\n');
  });
});
