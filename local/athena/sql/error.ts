/** Where a token starts: 1-based line and column, as Trino counts them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A query that cannot run, with the error name Athena shows: `COLUMN_NOT_FOUND: line 1:8: …`. */
export class SqlError extends Error {
  readonly code: string;

  constructor(code: string, message: string, at?: Position) {
    const place = at ? `line ${at.line}:${at.column}: ` : '';
    super(code === '' ? `${place}${message}` : `${code}: ${place}${message}`);
    this.name = 'SqlError';
    this.code = code;
  }
}

/** The refusal of something Athena can do and the local cloud cannot, naming it. */
export const notTranslated = (what: string, at?: Position): SqlError =>
  new SqlError('NOT_SUPPORTED', `The local cloud does not translate ${what} yet`, at);
