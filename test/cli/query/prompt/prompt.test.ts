import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { historyPath, readHistory, writeHistory } from '../../../../cli/query/prompt/history.ts';
import { runPrompt, type PromptOptions } from '../../../../cli/query/prompt/prompt.ts';

const [CTRL_C, CTRL_D, TAB, UP] = ['\u0003', '\u0004', '\t', '\u001B[A'];
const RELATIONS = [{ name: 'orders', columns: [{ name: 'status', type: 'string', comment: '' }] }];

/** The prompt on a terminal of two streams. */
const open = (options: Partial<Pick<PromptOptions, 'history' | 'answer'>> = {}) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked: string[] = [];
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const answer = async (sql: string) => void asked.push(sql);
  const ended = runPrompt({ input, output, relations: RELATIONS, history: [], answer, ...options });
  return { type: (text: string) => void input.write(text), asked, ended, shown: () => shown };
};

describe('the prompt', () => {
  test('asks at the semicolon, over as many lines as it takes, and ends at Ctrl-D', async () => {
    const { type, asked, ended, shown } = open();

    type('SELECT 1;\nSELECT\n  2\n; SELECT 3;\n');
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    type(CTRL_D);
    const kept = await ended;

    expect(asked).toEqual(['SELECT 1', 'SELECT\n  2', 'SELECT 3']);
    expect(kept).toEqual(['SELECT 3;', 'SELECT 2;', 'SELECT 1;']);
    expect(shown()).toContain('tailrace> ');
    expect(shown()).toContain('     ...> ');
  });

  test.each(['exit\n', 'quit;\n', '\\q\n'])('ends at %j', async (word) => {
    const { type, asked, ended } = open();

    type(word);

    await ended;
    expect(asked).toEqual([]);
  });

  test('takes back what was typed at Ctrl-C, and goes on', async () => {
    const { type, asked, ended, shown } = open();

    type('SELECT wrong\nFROM nowhere');
    await vi.waitFor(() => expect(shown()).toContain('...> '));
    type(CTRL_C);
    type('SELECT 1;\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    type(CTRL_D);

    await ended;
    expect(asked).toEqual(['SELECT 1']);
  });

  test('ends the question that runs at Ctrl-C, and those after it in the line', async () => {
    const asked: string[] = [];
    const aborted: string[] = [];
    const answer = (sql: string, signal: AbortSignal): Promise<void> => {
      asked.push(sql);
      if (sql === 'SELECT 9') return Promise.resolve();
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted.push(sql);
          resolve();
        });
      });
    };
    const { type, ended } = open({ answer });

    type('SELECT slow; SELECT never;\n');
    await vi.waitFor(() => expect(asked).toEqual(['SELECT slow']));
    type(CTRL_C);
    await vi.waitFor(() => expect(aborted).toEqual(['SELECT slow']));
    type('SELECT 9;\n');
    await vi.waitFor(() => expect(asked).toEqual(['SELECT slow', 'SELECT 9']));
    type(CTRL_D);

    await ended;
  });

  test('brings back earlier questions whole, those of last time too', async () => {
    const { type, asked, ended } = open({ history: ['SELECT old;'] });

    type('SELECT\n1;\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    type(`${UP}\n`);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    type(`${UP}${UP}\n`);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    type(CTRL_D);

    await ended;
    expect(asked).toEqual(['SELECT\n1', 'SELECT 1', 'SELECT old']);
  });

  test('completes with Tab', async () => {
    const { type, asked, ended, shown } = open();

    type('SELECT sta');
    type(TAB);
    await vi.waitFor(() => expect(shown()).toMatch(/tus$/));
    type(' FROM ord');
    type(TAB);
    await vi.waitFor(() => expect(shown()).toMatch(/ers$/));
    type(';\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    type(CTRL_D);

    await ended;
    expect(asked).toEqual(['SELECT status FROM orders']);
  });

  test('ends with what an answer throws', async () => {
    const { type, ended } = open({ answer: () => Promise.reject(new Error('a fault of ours')) });

    type('SELECT 1;\n');

    await expect(ended).rejects.toThrow('a fault of ours');
  });
});

describe('the history', () => {
  test('is kept for the next time, for its person alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tailrace-history-'));
    const path = historyPath({ TAILRACE_HISTORY: join(folder, 'history') });

    writeHistory(path, ['SELECT 2;', 'SELECT 1;']);

    expect(readHistory(path)).toEqual(['SELECT 2;', 'SELECT 1;']);
    expect(statSync(path!).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });

  test('is not kept where its name is empty', () => {
    const path = historyPath({ TAILRACE_HISTORY: '' });

    writeHistory(path, ['SELECT 1;']);

    expect([path, readHistory(path)]).toEqual([undefined, []]);
  });
});
