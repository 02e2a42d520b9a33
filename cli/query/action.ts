import { bytes, counted, print, say, seconds } from '../terminal.ts';
import type { Answer } from './athena.ts';
import type { Chart } from './chart/kinds.ts';
import { formats } from './format.ts';
import { openSession, untilInterrupted, type LakeOptions, type Session } from './session.ts';

/** How an answer is shown. */
export interface Showing {
  readonly format: string;
  readonly chart?: Chart;
}

/** What the command line says of a query. */
export interface QueryOptions extends LakeOptions, Showing {}

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

const converse = async (session: Session, showing: Showing): Promise<void> => {
  const { answerInput, openPrompt } = await import('./prompt/index.ts');
  const answer = async (sql: string, signal: AbortSignal) => show(await session.ask(sql, signal), showing);
  if (process.stdin.isTTY) return openPrompt(session, answer);
  await untilInterrupted((signal) => answerInput((sql) => answer(sql, signal)));
};

/** Asks a question, prints the answer and what it took; without one, opens a prompt, or reads what it is given. */
export const query = async (sql: string | undefined, options: QueryOptions): Promise<void> => {
  const session = await openSession(options);
  if (sql === undefined) return converse(session, options);
  await show(await untilInterrupted((signal) => session.ask(sql, signal)), options);
};
