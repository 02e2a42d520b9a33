import { createInterface, type Interface } from 'node:readline';
import type { Relation } from '../../lake/relations.ts';
import { complete } from './complete.ts';
import { linesOf } from './history.ts';
import { statementsIn } from './statements.ts';

const FIRST = 'tailrace> ';
const MORE = '     ...> ';
const ENDS = new Set(['exit', 'quit', String.raw`\q`]);

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly relations: readonly Pick<Relation, 'name' | 'columns'>[];
  /** Earlier questions, the newest first. */
  readonly history: readonly string[];
  /** Asks a question and shows its answer. What it throws ends the prompt. */
  readonly answer: (sql: string, signal: AbortSignal) => Promise<void>;
}

interface State {
  /** What has been typed of a statement that has not ended. */
  typed: string;
  /** Aborts what is being asked. */
  asking: AbortController | undefined;
  /** Questions that were asked, the newest first. */
  asked: string[];
}

const invite = (prompt: Interface, { typed }: State): void => {
  prompt.setPrompt(typed === '' ? FIRST : MORE);
  prompt.prompt();
};

/** Ctrl-C ends the question that runs; where none does, it takes back what was typed. */
const interrupt = (prompt: Interface, state: State): void => {
  if (state.asking) return state.asking.abort();
  state.typed = '';
  prompt.write(null, { ctrl: true, name: 'e' });
  prompt.write(null, { ctrl: true, name: 'u' });
  invite(prompt, state);
};

const askAll = async (
  statements: readonly string[],
  state: State,
  answer: PromptOptions['answer'],
): Promise<void> => {
  const asking = new AbortController();
  state.asking = asking;
  for (const sql of statements) if (!asking.signal.aborted) await answer(sql, asking.signal);
  state.asking = undefined;
};

/** The prompt, and a way to bring what its arrow keys offer to what was asked: whole statements, not lines of them. */
const open = ({ input, output, relations, history }: PromptOptions, state: State) => {
  let offered: string[] = [];
  const prompt = createInterface({
    input,
    output,
    terminal: true,
    history: [...history],
    historySize: 1000,
    completer: (line: string) => complete(relations, state.typed, line),
  });
  prompt.on('history', (lines: string[]) => {
    offered = lines;
  });
  prompt.on('SIGINT', () => interrupt(prompt, state));
  const remember = (statements: readonly string[]) => {
    for (const lines of statements.map(linesOf))
      if (lines.some((line, index) => line !== state.asked[index])) state.asked.unshift(...lines);
    const unfinished = state.typed.split('\n').filter((line) => line.trim() !== '');
    offered.splice(0, offered.length, ...unfinished.toReversed(), ...state.asked);
  };
  return { prompt, remember };
};

/**
 * Takes statements, over as many lines as they have, and answers each at its semicolon, until Ctrl-D, `exit` or the end of the input.
 * Returns the questions for the next time, the newest first.
 *
 * @example
 * await runPrompt({ input: process.stdin, output: process.stdout, relations, history: [], answer })
 */
export const runPrompt = async (options: PromptOptions): Promise<string[]> => {
  const state: State = { typed: '', asking: undefined, asked: [...options.history] };
  const { prompt, remember } = open(options, state);
  try {
    invite(prompt, state);
    for await (const line of prompt) {
      if (state.typed === '' && ENDS.has(line.trim().replace(/;$/, ''))) break;
      const { statements, rest } = statementsIn(`${state.typed}${line}\n`);
      state.typed = rest.trim() === '' ? '' : rest;
      remember(statements);
      await askAll(statements, state, options.answer);
      invite(prompt, state);
    }
  } finally {
    prompt.close();
  }
  return state.asked;
};
