import { SqlError, type Position } from './error.ts';

export type TokenKind = 'word' | 'quoted' | 'backtick' | 'string' | 'binary' | 'number' | 'op' | 'end';

export interface Token extends Position {
  readonly kind: TokenKind;
  /** As written; upper case for a word, so keywords compare directly. */
  readonly text: string;
  /** The name or the string's content, unescaped. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const PATTERNS: readonly [TokenKind | 'skip', RegExp][] = [
  ['skip', /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['binary', /[xX]'([^']*)'/y],
  ['number', /(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+|\d+\.\d*|\.\d+|\d+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['string', /'((?:[^']|'')*)'/y],
  ['quoted', /"((?:[^"]|"")*)"/y],
  ['backtick', /`((?:[^`]|``)*)`/y],
  ['op', /->|<>|!=|<=|>=|\|\||=>|[-+*/%=<>(),.;?[\]:]/y],
];

const UNESCAPE: Partial<Record<TokenKind, [string, string]>> = {
  string: ["''", "'"],
  quoted: ['""', '"'],
  backtick: ['``', '`'],
};

/**
 * Splits SQL into tokens by Trino's lexical rules; the last one has the kind `end`.
 * Throws a {@link SqlError} at a character that starts no token.
 */
export const tokenize = (sql: string): Token[] => {
  const tokens: Token[] = [];
  const lines = lineStarts(sql);
  let at = 0;
  while (at < sql.length) {
    const token = scan(sql, at, lines);
    at = token.end;
    if (token.kind !== 'skip') tokens.push(token as Token);
  }
  tokens.push({ kind: 'end', text: '<EOF>', value: '', start: at, end: at, ...position(lines, at) });
  return tokens;
};

const scan = (sql: string, at: number, lines: readonly number[]) => {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match) return { ...describe(kind, match), start: at, end: pattern.lastIndex, ...position(lines, at) };
  }
  throw new SqlError('', `mismatched input '${sql[at]}'`, position(lines, at));
};

const describe = (kind: TokenKind | 'skip', match: RegExpExecArray) => {
  const escape = kind === 'skip' ? undefined : UNESCAPE[kind];
  const value = escape ? (match[1] ?? '').replaceAll(escape[0], escape[1]) : (match[1] ?? match[0]);
  return { kind, text: kind === 'word' ? match[0].toUpperCase() : match[0], value };
};

const lineStarts = (sql: string) => [0, ...[...sql.matchAll(/\n/g)].map((match) => match.index + 1)];

const position = (lines: readonly number[], offset: number): Position => {
  const line = lines.findLastIndex((start) => start <= offset);
  return { line: line + 1, column: offset - (lines[line] ?? 0) + 1 };
};
