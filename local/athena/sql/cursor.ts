import type { Expression, Query } from './ast.ts';
import { SqlError, type Position } from './error.ts';
import { tokenize, type Token } from './lexer.ts';

const RESERVED = new Set(
  `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
  CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP
  ELSE END ESCAPE EXCEPT EXECUTE EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT
  INTO IS JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG LOCALTIME
  LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN
  TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH`.split(/\s+/),
);

/** How expressions and queries, which contain one another, reach each other's parser. */
export interface Grammar {
  expression(cursor: Cursor): Expression;
  query(cursor: Cursor): Query;
  /** Names that stand for any type, in the signature of a function. */
  readonly typeVariables?: readonly string[];
}

/** Reads tokens one by one; every refusal is Trino's `mismatched input` at the token that does not fit. */
export class Cursor {
  readonly sql: string;
  readonly grammar: Grammar;
  readonly #tokens: readonly Token[];
  readonly #parameters: Expression[];
  readonly #given: number;
  #next = 0;
  #asked = 0;

  constructor(sql: string, grammar: Grammar, parameters: readonly Expression[] = []) {
    this.sql = sql;
    this.grammar = grammar;
    this.#tokens = tokenize(sql);
    this.#parameters = [...parameters];
    this.#given = parameters.length;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Whether the coming tokens are exactly these words or operators. */
  at(...texts: string[]): boolean {
    return texts.every((text, index) => is(this.peek(index), text));
  }

  /** Takes these tokens if they come next. */
  accept(...texts: string[]): boolean {
    if (!this.at(...texts)) return false;
    this.#next += texts.length;
    return true;
  }

  expect(...texts: string[]): Token {
    const first = this.peek();
    for (const text of texts) {
      if (!this.accept(text)) throw this.mismatch(text);
    }
    return first;
  }

  mismatch(expecting: string): SqlError {
    const token = this.peek();
    const shown = token.kind === 'word' ? token.value : token.text;
    return new SqlError('', `mismatched input '${shown}'. Expecting: ${expecting}`, token);
  }

  atIdentifier(ahead = 0): boolean {
    const token = this.peek(ahead);
    return (
      token.kind === 'quoted' ||
      token.kind === 'backtick' ||
      (token.kind === 'word' && !RESERVED.has(token.text))
    );
  }

  /** A name in lower case: Athena compares every name without case. */
  identifier(): string {
    return this.identifierAsWritten().toLowerCase();
  }

  identifierAsWritten(): string {
    if (!this.atIdentifier()) throw this.mismatch('<identifier>');
    return this.take().value;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  parenthesized<T>(item: () => T): T {
    this.expect('(');
    const result = item();
    this.expect(')');
    return result;
  }

  /** The value given for the next `?`. */
  parameter(): Expression {
    const value = this.#parameters[this.#asked];
    this.#asked += 1;
    if (!value) throw this.wrongCount();
    return value;
  }

  /** Refuses names in backticks, which only Hive's statements have. */
  noBackticks(): void {
    const token = this.#tokens.find(({ kind }) => kind === 'backtick');
    if (token)
      throw new SqlError(
        '',
        'backquoted identifiers are not supported; use double quotes to quote identifiers',
        token,
      );
  }

  /** Nothing may follow but one semicolon, and every parameter must have been used. */
  end(): void {
    this.accept(';');
    if (this.peek().kind !== 'end') throw this.mismatch('<EOF>');
    if (this.#asked !== this.#given) throw this.wrongCount();
  }

  /** How many there are in the whole text. */
  questionMarks(): number {
    return this.#tokens.filter((token) => token.text === '?' && token.kind === 'op').length;
  }

  wrongCount(): SqlError {
    const expected = this.questionMarks();
    return new SqlError(
      'INVALID_PARAMETER_USAGE',
      `Incorrect number of parameters: expected ${expected} but found ${this.#given}`,
    );
  }
}

const is = (token: Token, text: string) =>
  (token.kind === 'word' || token.kind === 'op' || token.kind === 'end') && token.text === text;

/** The place of a token, apart from its text. */
export const positionOf = (token: Token): Position => ({ line: token.line, column: token.column });
