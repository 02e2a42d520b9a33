import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, run, type Lake } from './lake.ts';

const ORDER = {
  id: 'string',
  version: 'bigint',
  total: 'struct<amount:bigint,currency:string>',
  lines: 'array<struct<sku:string,quantity:int,price:decimal(10,2)>>',
  tags: 'map<string,string>',
  placed_at: 'timestamp',
  paid: 'boolean',
  weight: 'double',
  day: 'date',
};

const byDay = (location: string, extra: Record<string, string> = {}) => ({
  keys: { dt: 'string' },
  location,
  parameters: {
    'projection.enabled': 'true',
    'projection.dt.type': 'date',
    'projection.dt.range': '2026-01-01,2026-12-31',
    'projection.dt.format': 'yyyy-MM-dd',
    ...extra,
  },
});

const tables = [
  parquetTable('orders', ORDER),
  parquetTable('empty', ORDER),
  parquetTable('changes', { id: 'string', n: 'bigint' }, byDay('s3://lake/changes/')),
  parquetTable(
    'views_by_path',
    { id: 'string' },
    {
      keys: { dt: 'string', region: 'string', hour: 'int' },
      location: 's3://lake/paths/',
      parameters: {
        'projection.enabled': 'true',
        'projection.dt.type': 'date',
        'projection.dt.range': '2026/01/01,NOW+1YEARS',
        'projection.dt.format': 'yyyy/MM/dd',
        'projection.region.type': 'enum',
        'projection.region.values': 'eu,us',
        'projection.hour.type': 'integer',
        'projection.hour.range': '0,23',
        'projection.hour.digits': '2',
        'storage.location.template': 's3://lake/paths/${region}/${dt}/${hour}/',
      },
    },
  ),
  parquetTable(
    'by_tenant',
    { id: 'string' },
    {
      keys: { tenant: 'string' },
      parameters: { 'projection.enabled': 'true', 'projection.tenant.type': 'injected' },
    },
  ),
  parquetTable('unregistered', { id: 'string' }, { keys: { dt: 'string' } }),
  parquetTable('wrong', { id: 'bigint' }),
  parquetTable('many', { n: 'int' }),
  parquetTable('grown', {
    id: 'string',
    place: 'struct<row_number:bigint,side:string,at:struct<x:double,y:double>>',
    lines: 'array<struct<sku:string,price:struct<amount:bigint,currency:string>,note:string>>',
  }),
  parquetTable('wrong_member', { lines: 'array<struct<sku:string,quantity:bigint>>' }),
  parquetTable('no_member', { place: 'struct<side:string>' }),
];

let lake: Lake;

beforeAll(async () => {
  lake = await openLake(tables);
  await lake.write(
    'orders/new.parquet',
    `SELECT 'o2' AS id, 2::BIGINT AS version, {'amount': 9007199254740993::BIGINT, 'currency': 'USD'} AS total,
      [{'sku': 'a', 'quantity': 2::INT, 'price': 1.10::DECIMAL(10,2)}, NULL] AS lines, MAP {'k': 'v'} AS tags,
      TIMESTAMP '2026-11-22 13:00:00' AS placed_at, true AS paid, 2.5::DOUBLE AS weight, DATE '2026-11-22' AS day, 1 AS extra`,
  );
  await lake.write(
    'orders/old.parquet',
    `SELECT 'o1' AS ID, 1::INT AS version, {'amount': 5::BIGINT} AS total`,
  );
  await lake.write('orders/_hidden.parquet', `SELECT 'hidden' AS id`);
  for (const day of ['2026-11-21', '2026-11-22', '2027-01-01']) {
    await lake.write(`changes/dt=${day}/a.parquet`, `SELECT '${day}' AS id, 1::BIGINT AS n`);
  }
  await lake.write('changes/loose.parquet', `SELECT 'loose' AS id, 1::BIGINT AS n`);
  for (const path of ['eu/2026/11/21/07', 'us/2026/11/22/23', 'xx/2026/11/22/23', 'us/2026/11/22/24']) {
    await lake.write(`paths/${path}/a.parquet`, `SELECT '${path}' AS id`);
  }
  await lake.write('by_tenant/tenant=t1/a.parquet', `SELECT 'one' AS id`);
  await lake.write('by_tenant/tenant=t2/a.parquet', `SELECT 'two' AS id`);
  await lake.write('unregistered/dt=2026-01-01/a.parquet', `SELECT 'x' AS id`);
  await lake.write('wrong/a.parquet', `SELECT 'text' AS id`);
  await lake.write(
    'grown/old.parquet',
    `SELECT 'old' AS id, {'row_number': 1::BIGINT, 'gone': 'x', 'at': {'x': 0.5::DOUBLE}} AS place,
      [{'sku': 'a', 'price': {'amount': 5::BIGINT}}, NULL] AS lines`,
  );
  await lake.write('wrong_member/a.parquet', `SELECT [{'sku': 'a', 'quantity': 'two, "2"'}] AS lines`);
  await lake.write('no_member/a.parquet', `SELECT {'a, b': 1, 'c': {'side': 'x'}} AS place`);
});

afterAll(() => lake.destroy());

describe('a table', () => {
  test('has the columns and types of the catalogue, whatever the files have', async () => {
    const { names, types, rows } = await run(lake, 'SELECT * FROM orders ORDER BY id DESC');

    expect(names).toEqual(Object.keys(ORDER));
    expect(types).toEqual([
      'varchar',
      'bigint',
      'row',
      'array',
      'map',
      'timestamp',
      'boolean',
      'double',
      'date',
    ]);
    expect(rows).toEqual([
      [
        'o2',
        '2',
        '{amount=9007199254740993, currency=USD}',
        '[{sku=a, quantity=2, price=1.10}, null]',
        '{k=v}',
        '2026-11-22 13:00:00.000',
        'true',
        '2.5',
        '2026-11-22',
      ],
      [
        'o1',
        '1',
        '{amount=5, currency=null}',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    ]);
  });

  test('is reached by database and catalogue, in any case, and by an alias', async () => {
    const sql =
      'SELECT O.Total.Amount, shop.orders.id FROM "awsdatacatalog".SHOP.Orders, orders o WHERE o.id = orders.id AND o.version = 1';

    const { names, rows } = await run(lake, sql);

    expect({ names, rows }).toEqual({ names: ['amount', 'id'], rows: [['5', 'o1']] });
  });

  test('without files is empty and has its types', async () => {
    const { types, rows } = await run(lake, 'SELECT total, lines, count(*) FROM empty GROUP BY total, lines');
    const { rows: counted } = await run(lake, 'SELECT count(*), sum(total.amount) FROM empty');

    expect({ types, rows, counted }).toEqual({
      types: ['row', 'array', 'bigint'],
      rows: [],
      counted: [['0', undefined]],
    });
  });

  test('lines unnest into columns', async () => {
    const { rows } = await run(
      lake,
      'SELECT o.id, l.sku, l.quantity * l.price FROM orders o CROSS JOIN UNNEST(lines) AS l(sku, quantity, price) WHERE l.sku IS NOT NULL',
    );

    expect(rows).toEqual([['o2', 'a', '2.20']]);
  });

  test('of several thousand files is read whole', async () => {
    await lake.write('template.parquet', 'SELECT 1::INT AS n');
    const body = await lake.store.get('lake', 'template.parquet');
    for (let n = 0; n < 2000; n += 1) await lake.store.put('lake', `many/${n}.parquet`, body);

    const { rows, execution } = await run(lake, 'SELECT count(*), sum(n) FROM many');

    expect(rows).toEqual([['2000', '2000']]);
    expect(execution.Statistics?.DataScannedInBytes).toBe(
      2000 * (await lake.columnBytes('many/0.parquet', 'n')),
    );
  });

  test('whose files lack members of its structures, all of them, has nulls there', async () => {
    expect((await run(lake, 'SELECT id, place, lines FROM grown')).rows).toEqual([
      [
        'old',
        '{row_number=1, side=null, at={x=0.5, y=null}}',
        '[{sku=a, price={amount=5, currency=null}, note=null}, null]',
      ],
    ]);
  });

  test('whose file has a member of another type fails as bad data', async () => {
    expect(await failure(lake, 'SELECT * FROM wrong_member')).toContain(
      "HIVE_BAD_DATA: Field lines.quantity's type VARCHAR in parquet file is incompatible with type bigint",
    );
  });

  test('whose file has no member of a structure is refused', async () => {
    expect(await failure(lake, 'SELECT * FROM no_member')).toContain(
      'NOT_SUPPORTED: The local cloud reads no structure of which a file has no member',
    );
  });

  test('whose file has another type fails as bad data', async () => {
    expect(await failure(lake, 'SELECT * FROM wrong')).toContain(
      "HIVE_BAD_DATA: Field id's type VARCHAR in parquet file is incompatible with type bigint",
    );
  });
});

describe('a projected partition', () => {
  test('is a column, and outside the range it does not exist', async () => {
    const { rows } = await run(lake, 'SELECT id, dt FROM changes ORDER BY dt');

    expect(rows).toEqual([
      ['2026-11-21', '2026-11-21'],
      ['2026-11-22', '2026-11-22'],
    ]);
  });

  test.each([
    ["dt = '2026-11-22'", 1],
    ["dt >= '2026-11-22'", 1],
    ["'2026-11-22' > dt", 1],
    ["dt IN ('2026-11-21', '2026-11-22')", 2],
    ["dt BETWEEN '2026-11-21' AND '2026-11-21' AND n = 1", 1],
    ["dt = '2027-01-01'", 0],
    ["dt = '2026-11-22' OR n = 1", 2],
  ])('WHERE %s reads %i of the files', async (where, files) => {
    const { rows, execution } = await run(lake, `SELECT count(id), sum(n) FROM changes c WHERE ${where}`);
    const size = await lake.columnBytes('changes/dt=2026-11-21/a.parquet', 'id', 'n');

    expect(rows[0]?.[0]).toBe(String(files));
    expect(execution.Statistics?.DataScannedInBytes).toBe(files * size);
  });

  test('that one part of a query leaves out is read for the other', async () => {
    const sql = `WITH c AS (SELECT * FROM changes) SELECT id FROM c WHERE dt = '2026-11-21' UNION SELECT id FROM c WHERE dt = '2026-11-22' ORDER BY 1`;
    const exists = `SELECT id FROM changes c WHERE NOT EXISTS (SELECT 1 WHERE c.dt = '2026-11-21') ORDER BY 1`;

    expect((await run(lake, sql)).rows).toEqual([['2026-11-21'], ['2026-11-22']]);
    expect((await run(lake, exists)).rows).toEqual([['2026-11-22']]);
  });

  test('lies where the location template says', async () => {
    const { rows } = await run(lake, 'SELECT region, dt, hour FROM views_by_path ORDER BY region');
    const { rows: late } = await run(lake, 'SELECT region FROM views_by_path WHERE hour > 7');

    expect(rows).toEqual([
      ['eu', '2026/11/21', '7'],
      ['us', '2026/11/22', '23'],
    ]);
    expect(late).toEqual([['us']]);
  });

  test('that is injected needs its value', async () => {
    expect((await run(lake, "SELECT id, tenant FROM by_tenant WHERE tenant = 't2'")).rows).toEqual([
      ['two', 't2'],
    ]);
    expect(await failure(lake, 'SELECT * FROM by_tenant')).toContain('CONSTRAINT_VIOLATION');
  });

  test('without projection is not there until it is registered, which Glue alone can do', async () => {
    expect((await run(lake, 'SELECT * FROM unregistered')).rows).toEqual([]);
  });
});
