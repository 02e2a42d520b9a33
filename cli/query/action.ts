import { AthenaClient } from '@aws-sdk/client-athena';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws, type ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { stateLine } from '../state-line.ts';
import { bytes, counted, print, say, seconds } from '../terminal.ts';
import { ask, type Answer } from './athena.ts';
import { formats } from './format.ts';
import { findSaved, listSaved } from './saved.ts';
import { revealAnswer } from './reveal.ts';

/** What the command line says of a query. */
export interface QueryOptions {
  readonly format: string;
  readonly data: string;
  readonly stage: string;
  /** Name of a saved query. */
  readonly saved?: string;
  readonly reveal?: boolean;
}

const summary = ({ rows, bytesScanned, milliseconds }: Answer): string =>
  `SUCCEEDED: ${counted(rows.length, 'row')}, ${bytes(bytesScanned)} scanned, ${seconds(milliseconds)}`;

const isClientError = (error: unknown): error is Error =>
  error instanceof Error && ['InvalidRequestException'].includes(error.name);

/** Does something with AWS. What is not ours to cure is told as the person's. */
const withAws = async <T>(dataDir: string, work: (client: ClientConfig) => Promise<T>): Promise<T> => {
  const { client } = await connect(dataDir);
  try {
    return await work(client);
  } catch (error) {
    if (isClientError(error)) throw new UserError(error.message, '');
    throw explainAws(error, dataDir);
  }
};

const run = async (client: AthenaClient, sql: string, stage: string): Promise<Answer> => {
  const { database, workgroup } = namesOf(stage);
  const interrupted = new AbortController();
  const state = stateLine();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const { signal } = interrupted;
    return await ask(client, { sql, database, workgroup, onState: state.show, signal });
  } finally {
    state.clear();
  }
};

const textOf = async (
  client: AthenaClient,
  sql: string | undefined,
  { saved, stage }: QueryOptions,
): Promise<string> => {
  if (sql !== undefined && saved !== undefined)
    throw new UserError('There are two questions.', 'Give SQL or --saved, not both.');
  if (saved !== undefined) return findSaved(client, namesOf(stage).workgroup, saved);
  if (sql !== undefined) return sql;
  throw new UserError(
    'There is no question.',
    'Give SQL, or --saved and a name that "tailrace queries" lists.',
  );
};

const inClear = async (client: ClientConfig, stage: string, answer: Answer): Promise<Answer> => {
  const revealed = await revealAnswer(client, namesOf(stage).function('reveal'), answer);
  if (revealed.refused > 0)
    say(
      `${counted(revealed.refused, 'sealed value')} cannot be read: the person was erased, or it is no token.`,
    );
  return revealed.answer;
};

/** Asks a question, prints the answer and what it took. */
export const query = async (sql: string | undefined, options: QueryOptions): Promise<void> => {
  const { data, stage, reveal } = options;
  const answer = await withAws(data, async (client) => {
    const athena = new AthenaClient(client);
    const found = await run(athena, await textOf(athena, sql, options), stage);
    return reveal ? await inClear(client, stage, found) : found;
  });
  if (answer.columns.length > 0) print((formats[options.format] ?? formats.table)?.(answer) ?? '');
  say(summary(answer));
};

/** Prints names and questions of the saved queries. */
export const queries = async ({ data, stage, format }: QueryOptions): Promise<void> => {
  const saved = await withAws(data, (client) =>
    listSaved(new AthenaClient(client), namesOf(stage).workgroup),
  );
  const columns = ['name', 'question'].map((name) => ({ name, type: 'varchar' }));
  const rows = saved.map(({ Name = '', Description = '' }) => [Name, Description]);
  print((formats[format] ?? formats.table)?.({ columns, rows }) ?? '');
};
