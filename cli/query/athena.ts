import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type ColumnInfo,
  type GetQueryResultsOutput,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { UserError } from '../errors.ts';

/** A query's answer: column names and types, and rows of text, where a missing text is null. */
export interface Answer {
  readonly columns: readonly { name: string; type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly bytesScanned: number;
  readonly milliseconds: number;
}

export interface Question {
  readonly sql: string;
  readonly database: string;
  readonly workgroup: string;
  /** Called at every look at the query with its state. */
  readonly onState: (state: string) => void;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

const start = async (client: AthenaClient, { sql, database, workgroup }: Question): Promise<string> => {
  const { QueryExecutionId } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
    }),
  );
  return QueryExecutionId ?? '';
};

const failure = ({ Status }: QueryExecution): UserError =>
  new UserError(Status?.StateChangeReason ?? `The query ended ${Status?.State}.`, '');

const wait = async (
  client: AthenaClient,
  id: string,
  { onState, signal }: Question,
): Promise<QueryExecution> => {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const { QueryExecution: execution } = await client.send(
      new GetQueryExecutionCommand({ QueryExecutionId: id }),
    );
    const state = execution?.Status?.State ?? 'QUEUED';
    onState(state);
    if (state === 'SUCCEEDED') return execution ?? {};
    if (state === 'FAILED' || state === 'CANCELLED') throw failure(execution ?? {});
    if (signal.aborted) await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

const cells = (page: GetQueryResultsOutput): (string | null)[][] =>
  (page.ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));

/** Athena repeats the column names as the first row of a SELECT, and of nothing else. */
const isHeader = (row: readonly (string | null)[] | undefined, columns: readonly ColumnInfo[]): boolean =>
  row !== undefined && columns.length > 0 && columns.every(({ Name }, position) => row[position] === Name);

const readRows = async (client: AthenaClient, id: string): Promise<Pick<Answer, 'columns' | 'rows'>> => {
  const rows: (string | null)[][] = [];
  let columns: readonly ColumnInfo[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetQueryResultsCommand({ QueryExecutionId: id, ...(token ? { NextToken: token } : {}) }),
    );
    columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? columns;
    const found = cells(page);
    for (const row of token === undefined && isHeader(found[0], columns) ? found.slice(1) : found)
      rows.push(row);
    token = page.NextToken;
  } while (token);
  return { columns: columns.map(({ Name = '', Type = '' }) => ({ name: Name, type: Type })), rows };
};

/** Runs a statement to its end and reads none of its rows. Throws UserError with Athena's reason when it fails. */
export const execute = async (client: AthenaClient, question: Question): Promise<QueryExecution> =>
  wait(client, await start(client, question), question);

/** Runs a query and reads its whole answer. Throws UserError with Athena's reason when it fails. */
export const ask = async (client: AthenaClient, question: Question): Promise<Answer> => {
  const { QueryExecutionId = '', Statistics } = await execute(client, question);
  const result = await readRows(client, QueryExecutionId);
  return {
    ...result,
    bytesScanned: Statistics?.DataScannedInBytes ?? 0,
    milliseconds: Statistics?.TotalExecutionTimeInMillis ?? 0,
  };
};
