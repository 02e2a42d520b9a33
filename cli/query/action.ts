import { bytes, counted, print, say, seconds } from '../terminal.ts';
import type { Answer } from './athena.ts';
import { formats } from './format.ts';
import { openSession, untilInterrupted, type LakeOptions } from './session.ts';

/** What the command line says of a query. */
export interface QueryOptions extends LakeOptions {
  readonly format: string;
}

/** How a question ended, and what it read. */
export const summary = ({ rows, bytesScanned, milliseconds }: Answer): string =>
  `SUCCEEDED: ${counted(rows.length, 'row')}, ${bytes(bytesScanned)} scanned, ${seconds(milliseconds)}`;

/** Prints an answer in a format, and what it took. */
export const show = (answer: Answer, format: string): void => {
  if (answer.columns.length > 0) print((formats[format] ?? formats.table)?.(answer) ?? '');
  say(summary(answer));
};

/** Asks a question, prints the answer and what it took. */
export const query = async (sql: string, options: QueryOptions): Promise<void> => {
  const session = await openSession(options);
  show(await untilInterrupted((signal) => session.ask(sql, signal)), options.format);
};
