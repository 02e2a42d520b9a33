import { randomUUID } from 'node:crypto';
import {
  BatchGetQueryExecutionCommand,
  GetNamedQueryCommand,
  GetQueryResultsCommand,
  GetTableMetadataCommand,
  GetWorkGroupCommand,
  ListDatabasesCommand,
  ListDataCatalogsCommand,
  ListNamedQueriesCommand,
  ListQueryExecutionsCommand,
  ListTableMetadataCommand,
  ListWorkGroupsCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, failure, openLake, parquetTable, resource, run, start, type Lake } from './lake.ts';

const limited = resource('AWS::Athena::WorkGroup', 'limited', {
  Name: 'limited',
  WorkGroupConfiguration: {
    BytesScannedCutoffPerQuery: 10,
    ResultConfiguration: { OutputLocation: 's3://results/l' },
  },
});
const saved = resource('AWS::Athena::NamedQuery', 'query-1', {
  Name: 'all orders',
  Database: 'shop',
  QueryString: 'SELECT 1',
  WorkGroup: 'analysts',
});
const resources = [parquetTable('orders', { id: 'string' }, { keys: {} }), limited, saved];

let lake: Lake;

beforeAll(async () => {
  lake = await openLake(resources);
  await lake.write('orders/a.parquet', "SELECT 'o1' AS id");
});

afterAll(() => lake.destroy());

describe('a query', () => {
  test('leaves its rows as CSV where the workgroup says, with NULL apart from empty text', async () => {
    const { execution } = await run(lake, `SELECT 'a"b' AS "Quoted", NULL AS nothing, '' AS empty, 1`, {
      ResultConfiguration: { OutputLocation: 's3://lake/ignored/' },
    });
    const location = execution.ResultConfiguration?.OutputLocation ?? '';
    const body = await lake.store.get('results', location.replace('s3://results/', ''));

    expect(location).toBe(`s3://results/athena/${execution.QueryExecutionId}.csv`);
    expect(body.toString()).toBe('"quoted","nothing","empty","_col3"\n"a""b",,"","1"\n');
  });

  test('puts its rows where the caller says when the workgroup does not insist', async () => {
    const { execution } = await run(lake, 'SELECT 1', {
      WorkGroup: 'primary',
      ResultConfiguration: { OutputLocation: 's3://lake/mine' },
    });

    expect(execution.ResultConfiguration?.OutputLocation).toBe(
      `s3://lake/mine/${execution.QueryExecutionId}.csv`,
    );
  });

  test('needs a place for its rows, a workgroup and a known catalogue', async () => {
    await expect(start(lake, 'SELECT 1', { WorkGroup: 'primary' })).rejects.toThrow(
      'No output location provided',
    );
    await expect(start(lake, 'SELECT 1', { WorkGroup: 'none' })).rejects.toThrow(
      'WorkGroup none is not found',
    );
    await expect(start(lake, 'SELECT 1', { QueryExecutionContext: { Catalog: 'other' } })).rejects.toThrow(
      'other',
    );
  });

  test('takes parameters as literals', async () => {
    const { rows } = await run(lake, "SELECT ? + 1, ? || 'b'", { ExecutionParameters: ['41', "'a'"] });

    expect(rows).toEqual([['42', 'ab']]);
    expect(await failure(lake, 'SELECT ?')).toContain('expected 1 but found 0');
    expect(await failure(lake, 'SELECT ?', { ExecutionParameters: ['1; DROP VIEW x'] })).toContain(
      'mismatched input',
    );
  });

  test('sent twice under one token runs once', async () => {
    const token = randomUUID();

    const ids = [
      await start(lake, 'SELECT 1', { ClientRequestToken: token }),
      await start(lake, 'SELECT 1', { ClientRequestToken: token }),
    ];

    expect(ids[0]).toBe(ids[1]);
    await expect(start(lake, 'SELECT 2', { ClientRequestToken: token })).rejects.toThrow(
      'Idempotent parameters do not match',
    );
  });

  test('over the limit of its workgroup is cancelled', async () => {
    const execution = await ended(lake, await start(lake, 'SELECT * FROM orders', { WorkGroup: 'limited' }));

    expect(execution.Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: expect.stringContaining('Bytes scanned limit'),
    });
  });

  test('that was stopped is CANCELLED and has no rows', async () => {
    const id = await start(
      lake,
      'SELECT count(*) FROM UNNEST(sequence(1, 9999)) a(x), UNNEST(sequence(1, 9999)) b(x), UNNEST(sequence(1, 9999)) c(x) WHERE a.x * b.x % 7 = c.x % 5',
    );
    await lake.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));

    const execution = await ended(lake, id);

    expect(execution.Status?.State).toBe('CANCELLED');
    await expect(lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))).rejects.toThrow(
      'cancelled',
    );
    expect((await run(lake, 'SELECT 1')).rows).toEqual([['1']]);
  });

  test('says what it was and what it cost', async () => {
    const { execution } = await run(lake, 'SELECT id FROM orders');
    const size = await lake.columnBytes('orders/a.parquet', 'id');

    expect(execution).toMatchObject({
      StatementType: 'DML',
      SubstatementType: 'SELECT',
      WorkGroup: 'analysts',
      QueryExecutionContext: { Database: 'shop' },
      Statistics: { DataScannedInBytes: size },
    });
  });

  test('that failed has its error', async () => {
    const execution = await ended(lake, await start(lake, 'SELECT nope'));

    expect(execution.Status?.AthenaError).toMatchObject({
      ErrorCategory: 2,
      Retryable: false,
      ErrorMessage: expect.stringContaining('COLUMN_NOT_FOUND'),
    });
    await expect(
      lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId })),
    ).rejects.toThrow('FAILED');
  });

  test('and its rows outlive a restart', async () => {
    const first = await openLake(resources);
    const { execution } = await run(first, 'SELECT 7 AS x');
    await first.stop();

    const second = await openLake(resources, first.dataDir);
    const { ResultSet } = await second.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId }),
    );
    await second.destroy();

    expect(ResultSet?.Rows?.[1]?.Data).toEqual([{ VarCharValue: '7' }]);
  });

  test('runs beside nineteen others', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => run(lake, `SELECT ${n}, count(*) FROM orders`)),
    );

    expect(all.map(({ rows }) => rows)).toEqual(Array.from({ length: 20 }, (_, n) => [[String(n), '1']]));
  });
});

describe('the pages of a result', () => {
  test('hold at most MaxResults rows, the header among the first', async () => {
    const id = (await run(lake, 'SELECT x FROM UNNEST(sequence(1, 2500)) t(x) ORDER BY x')).execution
      .QueryExecutionId;
    const cells: (string | undefined)[] = [];
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await lake.athena.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1000, NextToken }),
      );
      sizes.push(page.ResultSet?.Rows?.length ?? 0);
      cells.push(...(page.ResultSet?.Rows ?? []).map((row) => row.Data?.[0]?.VarCharValue));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(sizes).toEqual([1000, 1000, 501]);
    expect(cells).toEqual(['x', ...Array.from({ length: 2500 }, (_, n) => String(n + 1))]);
  });

  test('describe their columns', async () => {
    const { execution } = await run(
      lake,
      "SELECT CAST(1 AS decimal(10,2)) AS price, CAST('x' AS varchar(5)) AS word, 1 AS one",
    );
    const { ResultSet } = await lake.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId }),
    );

    expect(ResultSet?.ResultSetMetadata?.ColumnInfo).toMatchObject([
      {
        Name: 'price',
        Label: 'price',
        Type: 'decimal',
        Precision: 10,
        Scale: 2,
        Nullable: 'UNKNOWN',
        CaseSensitive: false,
      },
      { Name: 'word', Type: 'varchar', Precision: 5, Scale: 0, CaseSensitive: true },
      { Name: 'one', Type: 'integer', Precision: 10, Scale: 0, CatalogName: 'hive' },
    ]);
  });

  test('are not had past 1000 rows or by a made-up token', async () => {
    const id = (await run(lake, 'SELECT 1')).execution.QueryExecutionId;

    await expect(
      lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1001 })),
    ).rejects.toThrow('MaxResults');
    await expect(
      lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: 'x' })),
    ).rejects.toThrow('NextToken');
    await expect(lake.athena.send(new GetQueryResultsCommand({ QueryExecutionId: 'none' }))).rejects.toThrow(
      'was not found',
    );
  });
});

describe('whoever asks', () => {
  test('needs the rights Athena needs', async () => {
    lake.asked.length = 0;
    await run(lake, 'SELECT * FROM orders');

    expect(lake.asked).toEqual(
      expect.arrayContaining([
        'athena:StartQueryExecution arn:aws:athena:eu-central-1:123456789012:workgroup/analysts',
        'glue:GetTable arn:aws:glue:eu-central-1:123456789012:catalog',
        'glue:GetTable arn:aws:glue:eu-central-1:123456789012:database/shop',
        'glue:GetTable arn:aws:glue:eu-central-1:123456789012:table/shop/orders',
        's3:GetObject arn:aws:s3:::lake/orders/*',
        'athena:GetQueryResults arn:aws:athena:eu-central-1:123456789012:workgroup/analysts',
      ]),
    );
    expect(lake.asked.some((right) => right.startsWith('s3:PutObject arn:aws:s3:::results/athena/'))).toBe(
      true,
    );
  });

  test.each(['glue:GetTable', 's3:GetObject'])('without %s sees the query fail', async (action) => {
    lake.denied.add(action);
    const reason = await failure(lake, 'SELECT * FROM orders');
    lake.denied.clear();

    expect(reason).toContain('Insufficient permissions to execute the query');
    expect(reason).toContain(action);
  });

  test('without athena:StartQueryExecution starts none', async () => {
    lake.denied.add('athena:StartQueryExecution');
    await expect(start(lake, 'SELECT 1')).rejects.toThrow('not authorized');
    lake.denied.clear();
  });
});

describe('what there is', () => {
  test('of workgroups, databases, tables and saved queries is listed', async () => {
    const { athena } = lake;

    const groups = await athena.send(new ListWorkGroupsCommand({}));
    const group = await athena.send(new GetWorkGroupCommand({ WorkGroup: 'analysts' }));
    const catalogs = await athena.send(new ListDataCatalogsCommand({}));
    const databases = await athena.send(new ListDatabasesCommand({ CatalogName: 'AwsDataCatalog' }));
    const tables = await athena.send(
      new ListTableMetadataCommand({
        CatalogName: 'AwsDataCatalog',
        DatabaseName: 'shop',
        Expression: 'ord.*',
      }),
    );
    const table = await athena.send(
      new GetTableMetadataCommand({
        CatalogName: 'AwsDataCatalog',
        DatabaseName: 'shop',
        TableName: 'orders',
      }),
    );
    const ids = await athena.send(new ListNamedQueriesCommand({ WorkGroup: 'analysts' }));
    const query = await athena.send(new GetNamedQueryCommand({ NamedQueryId: 'query-1' }));

    expect(groups.WorkGroups?.map(({ Name }) => Name)).toEqual(['primary', 'analysts', 'limited']);
    expect(group.WorkGroup?.Configuration).toMatchObject({ EnforceWorkGroupConfiguration: true });
    expect(catalogs.DataCatalogsSummary).toEqual([{ CatalogName: 'AwsDataCatalog', Type: 'GLUE' }]);
    expect(databases.DatabaseList?.map(({ Name }) => Name)).toEqual(['default', 'shop']);
    expect(tables.TableMetadataList?.map(({ Name }) => Name)).toEqual(['orders']);
    expect(table.TableMetadata).toMatchObject({
      Columns: [{ Name: 'id', Type: 'string' }],
      Parameters: {
        classification: 'parquet',
        location: 's3://lake/orders/',
        inputformat: expect.stringContaining('Parquet'),
      },
    });
    expect(ids.NamedQueryIds).toEqual(['query-1']);
    expect(query.NamedQuery).toMatchObject({ Name: 'all orders', QueryString: 'SELECT 1' });
  });

  test('of queries is listed newest first and had in one call', async () => {
    const first = await run(lake, 'SELECT 1');
    const second = await run(lake, 'SELECT 2');
    const ids = [first, second].map(({ execution }) => execution.QueryExecutionId as string);

    const listed = await lake.athena.send(
      new ListQueryExecutionsCommand({ WorkGroup: 'analysts', MaxResults: 2 }),
    );
    const batch = await lake.athena.send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: [...ids, 'none'] }),
    );

    expect(listed.QueryExecutionIds).toEqual(ids.toReversed());
    expect(listed.NextToken).toBeDefined();
    expect(batch.QueryExecutions?.map(({ QueryExecutionId }) => QueryExecutionId)).toEqual(ids);
    expect(batch.UnprocessedQueryExecutionIds).toMatchObject([{ QueryExecutionId: 'none' }]);
  });
});
