import { AthenaClient } from '@aws-sdk/client-athena';
import { namesOf } from '../../core/deployment.ts';
import { explainAws } from '../connection.ts';
import { UserError } from '../errors.ts';
import { bytes, counted, print, say, seconds } from '../terminal.ts';
import type { Answer } from './athena.ts';
import type { Chart } from './chart/kinds.ts';
import { formats } from './format.ts';
import { revealAnswer } from './reveal.ts';
import { findSaved, listSaved } from './saved.ts';
import { openSession, untilInterrupted, type LakeOptions, type Session } from './session.ts';

/** How an answer is shown. */
export interface Showing {
  readonly format: string;
  readonly chart?: Chart;
  /** Whether sealed values are shown in clear. */
  readonly reveal?: boolean;
}

/** What the command line says of a query. */
export interface QueryOptions extends LakeOptions, Showing {
  /** Name of a saved query. */
  readonly saved?: string;
}

const summary = ({ rows, bytesScanned, milliseconds }: Answer): string =>
  `SUCCEEDED: ${counted(rows.length, 'row')}, ${bytes(bytesScanned)} scanned, ${seconds(milliseconds)}`;

/** Columns of a drawing that goes elsewhere. */
const NO_TERMINAL = 80;

const drawn = async (kind: Chart, answer: Answer): Promise<string> => {
  const { chart } = await import('./chart/index.ts');
  const { columns, isTTY } = process.stdout;
  const isColoured = isTTY && process.env.NO_COLOR === undefined;
  return chart(kind, answer, { terminal: columns || NO_TERMINAL, isColoured });
};

/** Prints an answer, and what it took. */
export const show = async (answer: Answer, { format, chart }: Showing): Promise<void> => {
  if (chart) print(await drawn(chart, answer));
  else if (answer.columns.length > 0) print((formats[format] ?? formats.table)?.(answer) ?? '');
  say(summary(answer));
};

const inClear = async ({ client, data, stage }: Session, answer: Answer): Promise<Answer> => {
  const revealed = await revealAnswer(client, namesOf(stage).function('reveal'), answer).catch(
    (error: unknown) => Promise.reject(explainAws(error, data)),
  );
  if (revealed.refused > 0)
    say(
      `${counted(revealed.refused, 'sealed value')} cannot be read: the person was erased, or it is no token.`,
    );
  return revealed.answer;
};

const answerTo = async (
  session: Session,
  sql: string,
  showing: Showing,
  signal: AbortSignal,
): Promise<void> => {
  const found = await session.ask(sql, signal);
  await show(showing.reveal ? await inClear(session, found) : found, showing);
};

const converse = async (session: Session, showing: Showing): Promise<void> => {
  const { answerInput, openPrompt } = await import('./prompt/index.ts');
  const answer = (sql: string, signal: AbortSignal) => answerTo(session, sql, showing, signal);
  if (process.stdin.isTTY) return openPrompt(session, answer);
  await untilInterrupted((signal) => answerInput((sql) => answer(sql, signal)));
};

/** Does something with the saved queries of a lake. */
const withSaved = async <T>(
  { client, data, stage }: Session,
  work: (client: AthenaClient, workgroup: string) => Promise<T>,
): Promise<T> => {
  try {
    return await work(new AthenaClient(client), namesOf(stage).workgroup);
  } catch (error) {
    throw explainAws(error, data);
  }
};

const textOf = (
  session: Session,
  sql: string | undefined,
  saved: string | undefined,
): Promise<string | undefined> => {
  if (sql !== undefined && saved !== undefined)
    throw new UserError('There are two questions.', 'Give SQL or --saved, not both.');
  if (saved === undefined) return Promise.resolve(sql);
  return withSaved(session, (client, workgroup) => findSaved(client, workgroup, saved));
};

/** Asks a question, prints the answer and what it took; without one, opens a prompt, or reads what it is given. */
export const query = async (sql: string | undefined, options: QueryOptions): Promise<void> => {
  const session = await openSession(options);
  const text = await textOf(session, sql, options.saved);
  if (text === undefined) return converse(session, options);
  await untilInterrupted((signal) => answerTo(session, text, options, signal));
};

/** Prints names and questions of the saved queries. */
export const queries = async (options: QueryOptions): Promise<void> => {
  const saved = await withSaved(await openSession(options), listSaved);
  const columns = ['name', 'question'].map((name) => ({ name, type: 'varchar' }));
  const rows = saved.map(({ Name = '', Description = '' }) => [Name, Description]);
  print((formats[options.format] ?? formats.table)?.({ columns, rows }) ?? '');
};
