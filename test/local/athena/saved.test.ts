import { randomUUID } from 'node:crypto';
import {
  BatchGetNamedQueryCommand,
  BatchGetPreparedStatementCommand,
  CreateNamedQueryCommand,
  CreatePreparedStatementCommand,
  DeleteNamedQueryCommand,
  DeletePreparedStatementCommand,
  GetNamedQueryCommand,
  GetPreparedStatementCommand,
  ListNamedQueriesCommand,
  ListPreparedStatementsCommand,
  UpdateNamedQueryCommand,
  UpdatePreparedStatementCommand,
} from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, openLake, resource, run, type Lake } from './lake.ts';

const resources = [
  resource('AWS::Athena::NamedQuery', 'deployed-1', {
    Database: 'shop',
    QueryString: 'SELECT 1',
    WorkGroup: 'analysts',
  }),
  resource('AWS::Athena::PreparedStatement', 'deployed', {
    StatementName: 'deployed',
    QueryStatement: 'SELECT ? + 1',
    WorkGroup: 'analysts',
  }),
];
const QUERY = { Name: 'all', Database: 'shop', QueryString: 'SELECT 2', WorkGroup: 'analysts' };
const GROUP = { WorkGroup: 'analysts' };

let lake: Lake;

beforeAll(async () => {
  lake = await openLake(resources);
});

afterAll(() => lake.destroy());

describe('a saved query', () => {
  test('is made, listed, read, changed and deleted', async () => {
    const { NamedQueryId: id } = await lake.athena.send(
      new CreateNamedQueryCommand({ ...QUERY, Description: 'old' }),
    );
    const { NamedQueryIds: listed } = await lake.athena.send(new ListNamedQueriesCommand(GROUP));
    await lake.athena.send(
      new UpdateNamedQueryCommand({ NamedQueryId: id, Name: 'new', QueryString: 'SELECT 3' }),
    );
    const batch = await lake.athena.send(
      new BatchGetNamedQueryCommand({ NamedQueryIds: [id as string, 'none'] }),
    );
    await lake.athena.send(new DeleteNamedQueryCommand({ NamedQueryId: id }));

    expect(listed).toEqual(['deployed-1', id]);
    expect(batch).toMatchObject({
      NamedQueries: [
        { Name: 'new', QueryString: 'SELECT 3', Database: 'shop', WorkGroup: 'analysts', NamedQueryId: id },
      ],
      UnprocessedNamedQueryIds: [{ NamedQueryId: 'none' }],
    });
    expect(batch.NamedQueries?.[0]).not.toHaveProperty('Description');
    await expect(lake.athena.send(new GetNamedQueryCommand({ NamedQueryId: id }))).rejects.toThrow(
      'was not found',
    );
  });

  test('made twice under one token is one', async () => {
    const token = randomUUID();
    const make = () => lake.athena.send(new CreateNamedQueryCommand({ ...QUERY, ClientRequestToken: token }));
    const ids = [(await make()).NamedQueryId, (await make()).NamedQueryId];
    await lake.athena.send(new DeleteNamedQueryCommand({ NamedQueryId: ids[0] }));

    expect(ids[0]).toBe(ids[1]);
  });

  test('of the template has its logical id for a name, and stays', async () => {
    const { NamedQuery } = await lake.athena.send(new GetNamedQueryCommand({ NamedQueryId: 'deployed-1' }));

    expect(NamedQuery?.Name).toBe('deployed-1');
    await expect(
      lake.athena.send(new DeleteNamedQueryCommand({ NamedQueryId: 'deployed-1' })),
    ).rejects.toThrow('belongs to a deployed stack');
  });

  test('needs a workgroup that exists', async () => {
    await expect(
      lake.athena.send(new CreateNamedQueryCommand({ ...QUERY, WorkGroup: 'none' })),
    ).rejects.toThrow('WorkGroup none is not found');
  });
});

describe('a prepared statement', () => {
  test('runs with its values in place of the question marks', async () => {
    await run(lake, "PREPARE sum_of FROM SELECT ? + ?, ? || '!'");

    const { rows, execution } = await run(lake, `EXECUTE sum_of USING 1, (2 * 3), 'a?b'`);
    await run(lake, 'DEALLOCATE PREPARE sum_of');

    expect(rows).toEqual([['7', 'a?b!']]);
    expect(execution).toMatchObject({
      StatementType: 'DML',
      Query: expect.stringContaining('EXECUTE sum_of'),
    });
    expect(await failure(lake, 'EXECUTE sum_of USING 1, 2, 3')).toContain(
      'Prepared statement not found: sum_of',
    );
  });

  test('is refused with a wrong number of values, and where its statement is no query', async () => {
    expect(await failure(lake, 'EXECUTE deployed')).toContain('expected 1 but found 0');
    expect(await failure(lake, 'PREPARE p FROM SHOW TABLES')).toContain('cannot be prepared');
    expect(await failure(lake, 'PREPARE p FROM SELECT FROM')).toContain('mismatched input');
    expect(await failure(lake, 'DEALLOCATE PREPARE p')).toContain('Prepared statement not found: p');
  });

  test('is made, listed, read, changed and deleted by the API too', async () => {
    const named = { StatementName: 'by_api', ...GROUP };
    await lake.athena.send(new CreatePreparedStatementCommand({ ...named, QueryStatement: 'SELECT ?' }));
    const { PreparedStatements: listed } = await lake.athena.send(new ListPreparedStatementsCommand(GROUP));
    await lake.athena.send(new UpdatePreparedStatementCommand({ ...named, QueryStatement: 'SELECT ? * 2' }));
    const { PreparedStatement } = await lake.athena.send(new GetPreparedStatementCommand(named));
    const batch = await lake.athena.send(
      new BatchGetPreparedStatementCommand({ PreparedStatementNames: ['by_api', 'none'], ...GROUP }),
    );
    const { rows } = await run(lake, 'EXECUTE by_api USING 21');
    await lake.athena.send(new DeletePreparedStatementCommand(named));

    expect(listed?.map(({ StatementName }) => StatementName)).toEqual(['deployed', 'by_api']);
    expect(PreparedStatement).toMatchObject({ QueryStatement: 'SELECT ? * 2', WorkGroupName: 'analysts' });
    expect(batch).toMatchObject({
      PreparedStatements: [{ StatementName: 'by_api' }],
      UnprocessedPreparedStatementNames: [{ StatementName: 'none' }],
    });
    expect(rows).toEqual([['42']]);
    await expect(lake.athena.send(new GetPreparedStatementCommand(named))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('is of its workgroup alone', async () => {
    const output = { ResultConfiguration: { OutputLocation: 's3://results/' } };

    expect((await run(lake, 'EXECUTE deployed USING 1')).rows).toEqual([['2']]);
    expect(await failure(lake, 'EXECUTE deployed USING 1', { WorkGroup: 'primary', ...output })).toContain(
      'not found',
    );
  });
});

test('what was saved outlives a restart', async () => {
  const first = await openLake([]);
  const { NamedQueryId } = await first.athena.send(new CreateNamedQueryCommand(QUERY));
  await run(first, 'PREPARE kept FROM SELECT 5');
  await first.stop();

  const second = await openLake([], first.dataDir);
  const { NamedQuery } = await second.athena.send(new GetNamedQueryCommand({ NamedQueryId }));
  const { rows } = await run(second, 'EXECUTE kept');
  await second.destroy();

  expect({ name: NamedQuery?.Name, rows }).toEqual({ name: 'all', rows: [['5']] });
});
