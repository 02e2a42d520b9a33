import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, run, type Lake } from '../lake.ts';
import { createTable, glueTable, objectsOf, rowsOf } from './tables.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

const ICEBERG = `TBLPROPERTIES ('table_type'='ICEBERG')`;
const AT = `LOCATION 's3://lake/curated/x/'`;

describe('CREATE TABLE', () => {
  test('makes a table the Glue catalogue shows as Iceberg does', async () => {
    const sql = `CREATE TABLE IF NOT EXISTS \`shop\`.\`orders_current\` (
      \`id\` string COMMENT 'the id', total struct<amount:bigint,currency:string>,
      lines array<struct<sku:string,quantity:int>>, tags map<string,date>, price decimal(10,2), change_time timestamp)
      LOCATION 's3://lake/curated/orders_current/' TBLPROPERTIES ('table_type'='ICEBERG','format'='parquet','write_compression'='zstd')`;

    const { execution } = await run(lake, sql);
    const table = await glueTable(lake, 'orders_current');

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DDL', 'CREATE_TABLE']);
    expect(table).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: {
        table_type: 'ICEBERG',
        metadata_location: expect.stringMatching(
          /^s3:\/\/lake\/curated\/orders_current\/metadata\/00000-[0-9a-f-]{36}\.metadata\.json$/,
        ),
      },
      StorageDescriptor: { Location: 's3://lake/curated/orders_current' },
    });
    expect(table.StorageDescriptor?.Columns).toEqual([
      {
        Name: 'id',
        Type: 'string',
        Comment: 'the id',
        Parameters: {
          'iceberg.field.current': 'true',
          'iceberg.field.id': '1',
          'iceberg.field.optional': 'true',
        },
      },
      expect.objectContaining({ Name: 'total', Type: 'struct<amount:bigint,currency:string>' }),
      expect.objectContaining({ Name: 'lines', Type: 'array<struct<sku:string,quantity:int>>' }),
      expect.objectContaining({ Name: 'tags', Type: 'map<string,date>' }),
      expect.objectContaining({ Name: 'price', Type: 'decimal(10,2)' }),
      expect.objectContaining({ Name: 'change_time', Type: 'timestamp' }),
    ]);
  });

  test('of a table that is there does nothing with IF NOT EXISTS and fails without', async () => {
    await run(lake, createTable('twice', 'id string'));
    const before = await glueTable(lake, 'twice');

    await run(lake, createTable('twice', 'other int').replace('TABLE', 'TABLE IF NOT EXISTS'));

    expect(await glueTable(lake, 'twice')).toEqual(before);
    expect(await failure(lake, createTable('twice', 'id string'))).toContain('TABLE_ALREADY_EXISTS');
  });

  test('gives an empty table with its types', async () => {
    await run(lake, createTable('empty', 'n int, at timestamp, total struct<amount:bigint>'));

    const { types, rows } = await run(lake, 'SELECT n, at, total, typeof(at) FROM empty');

    expect({ types, rows }).toEqual({ types: ['integer', 'timestamp', 'row', 'varchar'], rows: [] });
    expect(await rowsOf(lake, 'SELECT count(*), sum(n), max(at) FROM empty')).toEqual([
      ['0', undefined, undefined],
    ]);
  });

  test('describes itself as Athena prints it', async () => {
    const columns =
      "n int COMMENT 'abc', s string, ts timestamp, d decimal(10,2), st struct<a:int,b:string>, m map<string,int>";
    await run(
      lake,
      createTable('described', columns, { partitioned: 's, bucket(4, n), truncate(3, s), day(ts)' }),
    );

    expect((await rowsOf(lake, 'DESCRIBE described')).map(([line]) => line)).toEqual([
      '# Table schema:\t\t',
      '# col_name\tdata_type\tcomment',
      'n\tint\tabc',
      's\tstring\t',
      'ts\ttimestamp\t',
      'd\tdecimal(10, 2)\t',
      'st\tstruct<a: int, b: string>\t',
      'm\tmap<string, int>\t',
      '\t\t',
      '# Partition spec:\t\t',
      '# field_name\tfield_transform\tcolumn_name',
      's\tidentity\ts',
      'n_bucket\tbucket[4]\tn',
      's_trunc\ttruncate[3]\ts',
      'ts_day\tday\tts',
    ]);
  });

  test.each([
    [
      `CREATE EXTERNAL TABLE x (id string) ${AT} ${ICEBERG}`,
      'External keyword not supported for table type ICEBERG',
    ],
    [`CREATE TABLE x (id string) ${AT}`, 'External keyword required for table type HIVE'],
    [
      `CREATE TABLE x (id string) ${ICEBERG}`,
      'No location was specified for table. An S3 location must be specified',
    ],
    [`CREATE TABLE x ${AT} ${ICEBERG}`, 'At least one column is required for Iceberg create table statement'],
    [
      `CREATE TABLE x (id string) STORED AS parquet ${AT} ${ICEBERG}`,
      'Iceberg create table statement does not allow STORED AS/BY',
    ],
    [
      `CREATE TABLE x (id string) PARTITIONED BY (day string) ${AT} ${ICEBERG}`,
      'Invalid PARTITIONED BY clause in Iceberg create table statement',
    ],
    [
      `CREATE TABLE x (id struct<a:int>) PARTITIONED BY (id.a) ${AT} ${ICEBERG}`,
      'NOT_SUPPORTED: line 1:53: Partitioning by nested field is unsupported: id.a',
    ],
    [
      `CREATE TABLE x (id string) ${AT} TBLPROPERTIES ('table_type'='ICEBERG','Write.Mode'='x')`,
      'Unsupported table property key: Write.Mode',
    ],
    [
      `CREATE TABLE x (id string) ${AT} TBLPROPERTIES ('table_type'='ICEBERG','optimize_rewrite_data_file_threshold'='50')`,
      "'50' is not a positive number less than 50",
    ],
    [
      `CREATE TABLE x (id string) ${AT} TBLPROPERTIES ('table_type'='ICEBERG','format'='orc')`,
      'is not parquet: the local cloud writes no ORC',
    ],
    [
      `CREATE TABLE x (id tinyint) ${AT} ${ICEBERG}`,
      'NOT_SUPPORTED: line 1:17: Type not supported for Iceberg: tinyint',
    ],
    [`CREATE TABLE x (id array<smallint>) ${AT} ${ICEBERG}`, 'Type not supported for Iceberg: smallint'],
    [`CREATE TABLE x (id char(3)) ${AT} ${ICEBERG}`, 'Type not supported for Iceberg: char(3)'],
    [
      `CREATE TABLE x (id string) PARTITIONED BY (day(id)) ${AT} ${ICEBERG}`,
      "Cannot partition column 'id' of type string by day",
    ],
    [
      `CREATE TABLE x (id string) PARTITIONED BY (other) ${AT} ${ICEBERG}`,
      "Partition column 'other' is no column of the table",
    ],
    [
      `CREATE TABLE x (id string) PARTITIONED BY (void(id)) ${AT} ${ICEBERG}`,
      'Unknown partition transform: void',
    ],
    [
      `CREATE TABLE x (t timestamp) PARTITIONED BY (day(t), month(t)) ${AT} ${ICEBERG}`,
      'Cannot add redundant partition field: t_month',
    ],
    [`CREATE TABLE x (id string, id int) ${AT} ${ICEBERG}`, "Column 'id' is named twice"],
    [`CREATE TABLE x ("id" string) ${AT} ${ICEBERG}`, 'mismatched input \'"id"\''],
    [`CREATE TABLE x (id string) LOCATION 's3://lake/' ${ICEBERG}`, 'the table needs a folder'],
    [`CREATE TABLE x (file_row_number int) ${AT} ${ICEBERG}`, 'cannot keep a column named file_row_number'],
    [`CREATE TABLE nowhere.x (id string) ${AT} ${ICEBERG}`, 'SCHEMA_NOT_FOUND'],
  ])('refuses %s', async (sql, reason) => {
    expect(await failure(lake, sql)).toContain(reason);
    expect(objectsOf(lake, 'x')).toEqual([]);
  });
});

describe('DROP TABLE', () => {
  test('deletes the table with its data', async () => {
    await run(lake, createTable('gone', 'id string'));
    await run(lake, "INSERT INTO gone VALUES ('a')");

    const { execution } = await run(lake, 'DROP TABLE `shop`.`gone`');

    expect([execution.StatementType, execution.SubstatementType]).toEqual(['DDL', 'DROP_TABLE']);
    expect(objectsOf(lake, 'gone')).toEqual([]);
    expect(await failure(lake, 'SELECT * FROM gone')).toContain('TABLE_NOT_FOUND');
    expect(await failure(lake, 'DROP TABLE gone')).toContain('Table not found shop.gone');
    expect((await run(lake, 'DROP TABLE IF EXISTS gone')).rows).toEqual([]);
  });

  test('makes room for another table at the same place', async () => {
    await run(lake, createTable('again', 'id string'));
    await run(lake, "INSERT INTO again VALUES ('old')");
    await run(lake, 'DROP TABLE again');
    await run(lake, createTable('again', 'id int'));

    expect(await rowsOf(lake, 'SELECT * FROM again')).toEqual([]);
  });
});
