import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, run, type Lake } from '../lake.ts';
import { createTable, glueTable, rowsOf } from './tables.ts';

let lake: Lake;

beforeAll(async () => {
  lake = await openLake([]);
});

afterAll(() => lake.destroy());

const kindOf = async (sql: string) => {
  const { execution } = await run(lake, sql);
  return [execution.StatementType, execution.SubstatementType];
};

describe('ALTER TABLE … ADD COLUMNS', () => {
  test('gives columns that are NULL in the rows there are', async () => {
    await run(lake, createTable('added', 'id int'));
    await run(lake, 'INSERT INTO added VALUES 1');

    const kind = await kindOf(
      "ALTER TABLE `shop`.`added` ADD COLUMNS (`a` string COMMENT 'new', `b` array<struct<x:bigint>>)",
    );
    await run(lake, "INSERT INTO added VALUES (2, 'two', ARRAY[ROW(5)])");

    expect(kind).toEqual(['DDL', 'ALTER_TABLE_ADD_COLUMN']);
    expect(await rowsOf(lake, 'SELECT * FROM added ORDER BY id')).toEqual([
      ['1', undefined, undefined],
      ['2', 'two', '[{x=5}]'],
    ]);
    expect((await glueTable(lake, 'added')).StorageDescriptor?.Columns?.[1]).toMatchObject({
      Name: 'a',
      Comment: 'new',
      Parameters: { 'iceberg.field.id': '2' },
    });
  });

  test('takes new rows apart from old ones in conditions, aggregates and updates', async () => {
    await run(lake, createTable('mixed', 'id int'));
    await run(lake, 'INSERT INTO mixed VALUES 1, 2');
    await run(lake, 'ALTER TABLE mixed ADD COLUMNS (n bigint)');
    await run(lake, 'INSERT INTO mixed VALUES (3, 30)');

    await run(lake, 'UPDATE mixed SET n = 10 WHERE n IS NULL AND id = 1');

    expect(await rowsOf(lake, 'SELECT id, n FROM mixed WHERE n >= 10 ORDER BY id')).toEqual([
      ['1', '10'],
      ['3', '30'],
    ]);
    expect(await rowsOf(lake, 'SELECT count(n), sum(n) FROM mixed')).toEqual([['2', '40']]);
  });
});

describe('ALTER TABLE … CHANGE COLUMN', () => {
  test('adds members to structs at any depth, in lists and maps too', async () => {
    await run(
      lake,
      createTable(
        'deep',
        'id int, total struct<amount:int,inner:struct<x:string>>, lines array<struct<sku:string,parts:array<struct<n:int>>>>, tags map<string,struct<v:int>>',
      ),
    );
    await run(
      lake,
      "INSERT INTO deep VALUES (1, ROW(5, ROW('x')), ARRAY[ROW('s', ARRAY[ROW(7)]), NULL], MAP(ARRAY['k'], ARRAY[ROW(9)])), (2, NULL, NULL, NULL)",
    );

    const kind = await kindOf(
      'ALTER TABLE deep CHANGE COLUMN `total` `total` struct<amount:bigint,inner:struct<x:string,y:date>,currency:string>',
    );
    await run(
      lake,
      'ALTER TABLE deep CHANGE lines lines array<struct<sku:string,parts:array<struct<n:int,m:boolean>>,note:string>>',
    );
    await run(lake, 'ALTER TABLE deep CHANGE tags tags map<string,struct<v:int,w:array<string>>>');

    expect(kind).toEqual(['DDL', 'ALTER_TABLE_CHANGE_COLUMN']);
    expect(await rowsOf(lake, 'SELECT total, lines, tags FROM deep ORDER BY id')).toEqual([
      [
        '{amount=5, inner={x=x, y=null}, currency=null}',
        '[{sku=s, parts=[{n=7, m=null}], note=null}, null]',
        '{k={v=9, w=null}}',
      ],
      [undefined, undefined, undefined],
    ]);
    expect(
      await rowsOf(
        lake,
        'SELECT l.sku, l.note FROM deep CROSS JOIN UNNEST(lines) AS l(sku, parts, note) WHERE id = 1 AND l.sku IS NOT NULL',
      ),
    ).toEqual([['s', undefined]]);
  });

  test('to a structure of other members makes it NULL where it was written before, as Trino reads it', async () => {
    await run(lake, createTable('other', 'id int, s struct<a:int,t:struct<x:int>>, l array<struct<a:int>>'));
    await run(lake, 'INSERT INTO other VALUES (1, ROW(1, ROW(2)), ARRAY[ROW(1)])');
    await run(lake, 'ALTER TABLE other CHANGE s s struct<a:int,t:struct<y:int>>');
    const inner = await rowsOf(lake, 'SELECT s, s.t IS NULL FROM other');
    await run(lake, 'ALTER TABLE other CHANGE s s struct<b:int>');
    await run(lake, 'INSERT INTO other VALUES (2, ROW(3), NULL)');
    const outer = await rowsOf(lake, 'SELECT s, s IS NULL FROM other ORDER BY id');

    await run(lake, 'ALTER TABLE other CHANGE l l array<struct<b:int>>');

    expect(inner).toEqual([['{a=1, t=null}', 'true']]);
    expect(outer).toEqual([
      [undefined, 'true'],
      ['{b=3}', 'false'],
    ]);
    expect(await failure(lake, 'SELECT l FROM other')).toContain(
      'NOT_SUPPORTED: The local cloud reads no list or map of structures of which a file has no member',
    );
  });

  test('renames, widens, comments and moves columns, keeping every value', async () => {
    await run(lake, createTable('moved', 'a int, b float, c decimal(5,2), d string'));
    await run(lake, "INSERT INTO moved VALUES (2147483647, REAL '0.5', 123.45, 'x')");

    await run(lake, "ALTER TABLE moved CHANGE a first bigint COMMENT 'was a' AFTER c");
    await run(lake, 'ALTER TABLE moved CHANGE b b double FIRST');
    await run(lake, 'ALTER TABLE moved CHANGE c c decimal(20,2)');
    await run(lake, 'INSERT INTO moved VALUES (1e0, 12345678901234567.89, 9223372036854775807, NULL)');

    expect((await run(lake, 'SELECT * FROM moved')).names).toEqual(['b', 'c', 'first', 'd']);
    expect(await rowsOf(lake, 'SELECT * FROM moved ORDER BY d NULLS LAST')).toEqual([
      ['0.5', '123.45', '2147483647', 'x'],
      ['1.0', '12345678901234567.89', '9223372036854775807', undefined],
    ]);
    expect((await rowsOf(lake, 'DESCRIBE moved'))[4]).toEqual(['first\tbigint\twas a']);
    expect(
      await rowsOf(lake, 'SELECT d FROM moved WHERE first > 2147483646 AND c > 100 AND b > 0.1e0'),
    ).toHaveLength(2);
  });

  test.each([
    [
      'ALTER TABLE fixed CHANGE a a int',
      'NOT_SUPPORTED: line 1:28: Cannot change column type: a: bigint -> int',
    ],
    ['ALTER TABLE fixed CHANGE a a string', 'Cannot change column type: a: bigint -> string'],
    [
      'ALTER TABLE fixed CHANGE d d decimal(9,3)',
      'Cannot change column type: d: decimal(9, 2) -> decimal(9, 3)',
    ],
    ['ALTER TABLE fixed CHANGE s s struct<x:string>', 'Cannot change column type: s: int -> string'],
    ['ALTER TABLE fixed CHANGE a d bigint', "COLUMN_ALREADY_EXISTS: line 1:28: Column 'd' already exists"],
    ['ALTER TABLE fixed CHANGE nope a bigint', "COLUMN_NOT_FOUND: line 1:31: Column 'nope' does not exist"],
    ['ALTER TABLE fixed ADD COLUMNS (a int)', "COLUMN_ALREADY_EXISTS: line 1:32: Column 'a' already exists"],
    ['ALTER TABLE fixed DROP COLUMN day', 'Cannot drop partition field: day'],
    ['ALTER TABLE fixed DROP COLUMNS (a)', 'ALTER TABLE … DROP'],
    ['ALTER TABLE fixed RENAME TO other', 'The local cloud does not translate ALTER TABLE … RENAME'],
    ["ALTER TABLE fixed ADD PARTITION (day = DATE '2026-01-01')", 'ALTER TABLE … ADD'],
    ['ALTER TABLE "fixed" ADD COLUMNS (b int)', 'mismatched input \'"fixed"\''],
    ['ALTER TABLE nowhere ADD COLUMNS (b int)', 'TABLE_NOT_FOUND'],
    ["ALTER TABLE fixed SET TBLPROPERTIES ('comment'='x')", 'Unsupported table property key: comment'],
  ])('refuses %s', async (sql, reason) => {
    await run(
      lake,
      createTable('fixed', 'a bigint, d decimal(9,2), s struct<x:int>, day date', {
        partitioned: 'day',
      }).replace('TABLE', 'TABLE IF NOT EXISTS'),
    );

    expect(await failure(lake, sql)).toContain(reason);
  });
});

describe('ALTER TABLE … DROP COLUMN', () => {
  test('forgets the values: a column of the same name is another one', async () => {
    await run(lake, createTable('dropped', 'id int, note string, s struct<a:int,b:int>'));
    await run(lake, "INSERT INTO dropped VALUES (1, 'old', ROW(1, 2))");

    const kind = await kindOf('ALTER TABLE dropped DROP COLUMN note');
    await run(lake, 'ALTER TABLE dropped ADD COLUMNS (note string)');
    await run(lake, 'ALTER TABLE dropped CHANGE s s struct<a:int>');
    await run(lake, 'ALTER TABLE dropped CHANGE s s struct<b:int,a:int>');

    expect(kind).toEqual(['DDL', 'ALTER_TABLE_DROP_COLUMN']);
    expect(await rowsOf(lake, 'SELECT * FROM dropped')).toEqual([['1', '{b=null, a=1}', undefined]]);
  });

  test('leaves the column in the catalogue as one that is gone, and out of what Athena shows', async () => {
    await run(lake, createTable('shown', 'id int, gone string'));

    await run(lake, 'ALTER TABLE shown DROP COLUMN gone');

    const columns = (await glueTable(lake, 'shown')).StorageDescriptor?.Columns ?? [];
    expect(columns.map(({ Name, Parameters }) => [Name, Parameters?.['iceberg.field.current']])).toEqual([
      ['id', 'true'],
      ['gone', 'false'],
    ]);
    expect(await rowsOf(lake, 'SHOW COLUMNS IN shown')).toEqual([['id']]);
    expect((await run(lake, 'SELECT * FROM shown')).names).toEqual(['id']);
  });
});

describe('ALTER TABLE … SET TBLPROPERTIES', () => {
  test('keeps properties by the names other engines know', async () => {
    await run(lake, createTable('props', 'id int'));

    const kind = await kindOf(
      "ALTER TABLE props SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='60', 'write_compression'='snappy')",
    );
    await run(lake, "ALTER TABLE props UNSET TBLPROPERTIES ('write_compression')");

    const { Parameters } = await glueTable(lake, 'props');
    const key = Parameters?.['metadata_location']?.replace('s3://lake/', '') ?? '';
    const { properties } = JSON.parse((await lake.store.get('lake', key)).toString()) as {
      properties: Record<string, string>;
    };
    expect(kind).toEqual(['DDL', 'ALTER_TABLE_PROPERTIES']);
    expect(properties['history.expire.max-snapshot-age-ms']).toBe('60000');
    expect(properties).not.toHaveProperty('write.parquet.compression-codec');
    expect(Parameters?.['previous_metadata_location']).toContain('/metadata/00001-');
  });
});
