import { GetTableCommand, GlueClient, UpdateTableCommand } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, parquetTable, REGION, resource, run, type Lake } from './lake.ts';

const orders = parquetTable(
  'orders',
  { id: 'string', total: 'struct<amount:bigint>', placed: 'timestamp' },
  { keys: { dt: 'string' } },
);
const other = resource('AWS::Glue::Database', 'other', { DatabaseInput: { Name: 'other' } });

let lake: Lake;
let glue: GlueClient;

beforeAll(async () => {
  lake = await openLake([orders, other]);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  glue = new GlueClient({ endpoint: lake.endpoint, region: REGION, credentials });
  await run(lake, 'CREATE VIEW totals AS SELECT id, total.amount AS amount FROM orders');
});

afterAll(async () => {
  glue.destroy();
  await lake.destroy();
});

/** Says what a view's column is, the only way there is: CREATE VIEW takes no comments of columns. */
const describeColumn = async (view: string, column: string, comment: string) => {
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: view }));
  const { StorageDescriptor, Parameters, TableType, ViewOriginalText, ViewExpandedText } = Table ?? {};
  const Columns = StorageDescriptor?.Columns?.map((one) =>
    one.Name === column ? { ...one, Comment: comment } : one,
  );
  const input = {
    TableType,
    Parameters,
    ViewOriginalText,
    ViewExpandedText,
    StorageDescriptor: { ...StorageDescriptor, Columns },
  };
  await glue.send(
    new UpdateTableCommand({ DatabaseName: 'shop', SkipArchive: true, TableInput: { Name: view, ...input } }),
  );
};

describe('information_schema', () => {
  test('has the databases, and itself', async () => {
    const { rows } = await run(lake, 'SELECT schema_name FROM information_schema.schemata ORDER BY 1');

    expect(rows).toEqual([['default'], ['information_schema'], ['other'], ['shop']]);
  });

  test('has tables and views', async () => {
    const { names, rows } = await run(
      lake,
      `SELECT * FROM "information_schema"."tables" WHERE table_schema = 'shop' ORDER BY table_name`,
    );

    expect(names).toEqual(['table_catalog', 'table_schema', 'table_name', 'table_type']);
    expect(rows).toEqual([
      ['awsdatacatalog', 'shop', 'orders', 'BASE TABLE'],
      ['awsdatacatalog', 'shop', 'totals', 'VIEW'],
    ]);
  });

  test('has the columns of both with their types in Trino, and partition keys told apart', async () => {
    const { rows } = await run(
      lake,
      `SELECT table_name, column_name, ordinal_position, data_type, is_nullable, comment, extra_info FROM awsdatacatalog.information_schema.columns WHERE table_schema = 'shop' ORDER BY 1, 3`,
    );

    expect(rows).toEqual([
      ['orders', 'id', '1', 'varchar', 'YES', undefined, undefined],
      ['orders', 'total', '2', 'row(amount bigint)', 'YES', undefined, undefined],
      ['orders', 'placed', '3', 'timestamp(3)', 'YES', undefined, undefined],
      ['orders', 'dt', '4', 'varchar', 'YES', undefined, 'partition key'],
      ['totals', 'id', '1', 'varchar', 'YES', undefined, undefined],
      ['totals', 'amount', '2', 'bigint', 'YES', undefined, undefined],
    ]);
  });

  test('has the queries of views', async () => {
    const { rows } = await run(
      lake,
      `SELECT view_definition FROM information_schema.views WHERE table_name = 'totals'`,
    );

    expect(rows).toEqual([['SELECT id, total.amount AS amount FROM orders']]);
  });

  test('joins, and counts no bytes', async () => {
    const { rows, execution } = await run(
      lake,
      `SELECT t.table_type, count(*) FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name) WHERE table_schema = 'shop' GROUP BY 1 ORDER BY 1`,
    );

    expect(rows).toEqual([
      ['BASE TABLE', '4'],
      ['VIEW', '2'],
    ]);
    expect(execution.Statistics?.DataScannedInBytes).toBe(0);
  });

  test('asks for rights on the databases the query wants', async () => {
    lake.asked.length = 0;
    await run(
      lake,
      `SELECT count(*) FROM information_schema.tables WHERE table_schema IN ('shop', 'nowhere')`,
    );
    const asked = lake.asked.filter((right) => right.startsWith('glue:GetTables'));

    expect(asked.filter((right) => right.includes(':database/'))).toEqual([
      'glue:GetTables arn:aws:glue:eu-central-1:123456789012:database/shop',
    ]);
  });

  test('is not read by views, and lacks what the local cloud has not', async () => {
    expect(await failure(lake, 'CREATE VIEW v AS SELECT * FROM information_schema.tables')).toContain(
      'NOT_SUPPORTED',
    );
    expect(await failure(lake, 'SELECT * FROM information_schema.roles')).toContain(
      'does not translate information_schema.roles',
    );
  });
});

describe('a comment on a column of a view', () => {
  test('is what Glue has, until the view is replaced', async () => {
    const sql = 'CREATE OR REPLACE VIEW told AS SELECT id FROM orders';
    const comments = `SELECT comment FROM information_schema.columns WHERE table_name = 'told'`;
    await run(lake, sql);
    await describeColumn('told', 'id', "the order's key");

    const { rows: described } = await run(lake, 'DESCRIBE told');
    const { rows: listed } = await run(lake, comments);
    const { names } = await run(lake, 'SELECT * FROM told');
    await run(lake, sql);

    expect(described[0]?.[0]?.split('\t').map((cell) => cell.trim())).toEqual([
      'id',
      'string',
      "the order's key",
    ]);
    expect(listed).toEqual([["the order's key"]]);
    expect(names).toEqual(['id']);
    expect((await run(lake, comments)).rows).toEqual([[undefined]]);
  });
});
