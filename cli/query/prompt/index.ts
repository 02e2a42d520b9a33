import { text } from 'node:stream/consumers';
import { UserError } from '../../errors.ts';
import { readRelations } from '../../lake/relations.ts';
import { say } from '../../terminal.ts';
import type { Session } from '../session.ts';
import { historyPath, readHistory, writeHistory } from './history.ts';
import { runPrompt, type PromptOptions } from './prompt.ts';
import { statementsIn } from './statements.ts';

/** A mistake in a statement is told, and the next one asked. */
const forgiving =
  (answer: PromptOptions['answer']): PromptOptions['answer'] =>
  async (sql, signal) => {
    try {
      await answer(sql, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`error: ${error.message}`);
    }
  };

/** Opens a prompt on the terminal, with completion of what the lake has, and with the questions of earlier times. */
export const openPrompt = async (session: Session, answer: PromptOptions['answer']): Promise<void> => {
  const relations = await readRelations(session);
  const path = historyPath(process.env);
  say('End each question with ";". Tab completes, Ctrl-C stops a question, Ctrl-D ends.');
  const asked = await runPrompt({
    input: process.stdin,
    output: process.stdout,
    relations,
    history: readHistory(path),
    answer: forgiving(answer),
  });
  say('');
  writeHistory(path, asked);
};

/** Answers every statement of the standard input; the last one may lack its semicolon. */
export const answerInput = async (
  answer: (sql: string) => Promise<void>,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<void> => {
  const { statements, rest } = statementsIn(await text(input));
  const all = rest.trim() === '' ? statements : [...statements, rest.trim()];
  if (all.length === 0)
    throw new UserError('There is no question.', 'Give it as an argument or on standard input.');
  for (const sql of all) await answer(sql);
};
