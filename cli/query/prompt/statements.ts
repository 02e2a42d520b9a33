/** What was typed, taken apart: whole statements without their semicolons, and what is not ended yet. */
export interface Typed {
  readonly statements: readonly string[];
  readonly rest: string;
}

/** Texts, names and comments, ended or not, in which a semicolon ends nothing. */
const OPAQUE = /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|;/g;

/**
 * Takes a text apart at its semicolons.
 *
 * @example
 * statementsIn("SELECT 'a;b'; SELECT 2") // { statements: ["SELECT 'a;b'"], rest: ' SELECT 2' }
 */
export const statementsIn = (text: string): Typed => {
  const statements: string[] = [];
  let begin = 0;
  for (const { 0: found, index } of text.matchAll(OPAQUE)) {
    if (found !== ';') continue;
    statements.push(text.slice(begin, index).trim());
    begin = index + 1;
  }
  return { statements: statements.filter((statement) => statement !== ''), rest: text.slice(begin) };
};
