import { AthenaClient } from '@aws-sdk/client-athena';
import { namesOf } from '../../core/deployment.ts';
import { connect, explainAws, type ClientConfig } from '../connection.ts';
import { UserError } from '../errors.ts';
import { stateLine } from '../state-line.ts';
import { bytes, counted, print, say, seconds } from '../terminal.ts';
import { ask, type Answer } from './athena.ts';
import { formats } from './format.ts';
import { revealAnswer } from './reveal.ts';

/** What the command line says of a query. */
export interface QueryOptions {
  readonly format: string;
  readonly data: string;
  readonly stage: string;
  readonly reveal?: boolean;
}

const summary = ({ rows, bytesScanned, milliseconds }: Answer): string =>
  `SUCCEEDED: ${counted(rows.length, 'row')}, ${bytes(bytesScanned)} scanned, ${seconds(milliseconds)}`;

const isClientError = (error: unknown): error is Error =>
  error instanceof Error && ['InvalidRequestException'].includes(error.name);

const run = async (sql: string, client: ClientConfig, { data, stage }: QueryOptions): Promise<Answer> => {
  const names = namesOf(stage);
  const interrupted = new AbortController();
  const state = stateLine();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const question = {
      sql,
      database: names.database,
      workgroup: names.workgroup,
      onState: state.show,
      signal: interrupted.signal,
    };
    return await ask(new AthenaClient(client), question);
  } catch (error) {
    if (isClientError(error)) throw new UserError(error.message, '');
    throw explainAws(error, data);
  } finally {
    state.clear();
  }
};

const inClear = async (
  answer: Answer,
  client: ClientConfig,
  { data, stage }: QueryOptions,
): Promise<Answer> => {
  try {
    const revealed = await revealAnswer(client, namesOf(stage).function('reveal'), answer);
    if (revealed.refused > 0)
      say(
        `${counted(revealed.refused, 'sealed value')} cannot be read: the person was erased, or it is no token.`,
      );
    return revealed.answer;
  } catch (error) {
    throw explainAws(error, data);
  }
};

/** Asks a question, prints the answer and what it took. */
export const query = async (sql: string, options: QueryOptions): Promise<void> => {
  const { client } = await connect(options.data);
  const found = await run(sql, client, options);
  const answer = options.reveal ? await inClear(found, client, options) : found;
  if (answer.columns.length > 0) print((formats[options.format] ?? formats.table)?.(answer) ?? '');
  say(summary(answer));
};
