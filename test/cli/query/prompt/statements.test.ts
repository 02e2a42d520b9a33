import { describe, expect, test } from 'vitest';
import { answerInput } from '../../../../cli/query/prompt/index.ts';
import { statementsIn } from '../../../../cli/query/prompt/statements.ts';
import { Readable } from 'node:stream';

describe('what is typed', () => {
  test.each([
    ['SELECT 1;', ['SELECT 1'], ''],
    ['SELECT 1', [], 'SELECT 1'],
    ['SELECT 1; SELECT 2; SELECT', ['SELECT 1', 'SELECT 2'], ' SELECT'],
    ["SELECT 'a;b', 'it''s;'; x", ["SELECT 'a;b', 'it''s;'"], ' x'],
    ['SELECT "a;""b";', ['SELECT "a;""b"'], ''],
    ['SELECT 1 -- not; yet\n;', ['SELECT 1 -- not; yet'], ''],
    ['SELECT /* no; */ 1;', ['SELECT /* no; */ 1'], ''],
    ["SELECT 'open; ", [], "SELECT 'open; "],
    ['SELECT /* open; ', [], 'SELECT /* open; '],
    [';;', [], ''],
    ["SELECT '日本;語';", ["SELECT '日本;語'"], ''],
  ])('%j is cut at the semicolons that end a statement', (text, statements, rest) => {
    expect(statementsIn(text)).toEqual({ statements, rest });
  });
});

describe('standard input', () => {
  const asked = async (text: string): Promise<string[]> => {
    const statements: string[] = [];
    await answerInput(async (sql) => void statements.push(sql), Readable.from([text]));
    return statements;
  };

  test('has statements in order, of which the last may lack its semicolon', async () => {
    expect(await asked('SELECT 1;\nSELECT 2\n')).toEqual(['SELECT 1', 'SELECT 2']);
  });

  test('without any is a mistake that says what to do', async () => {
    await expect(asked(' \n')).rejects.toThrow('There is no question. Give it as an argument');
  });
});
