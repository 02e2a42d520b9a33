import type { ResultColumn, Row } from './engine/result.ts';

/** A line of the result file: every value in quotes, NULL as nothing between the commas. */
export const csvLine = (row: Row): string =>
  `${row.map((cell) => (cell === undefined ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;

/** One page read from a result file, and where the next begins. */
export interface Page {
  readonly rows: readonly Row[];
  readonly next: number | undefined;
}

/** Reads up to `count` lines of a result CSV from a character offset. */
export const readCsv = (text: string, offset: number, count: number): Page => {
  const rows: Row[] = [];
  let at = offset;
  while (at < text.length && rows.length < count) {
    const [row, next] = readLine(text, at);
    rows.push(row);
    at = next;
  }
  return { rows, next: at < text.length ? at : undefined };
};

const readLine = (text: string, start: number): [Row, number] => {
  const row: (string | undefined)[] = [];
  let at = start;
  for (;;) {
    const [cell, end] = readCell(text, at);
    row.push(cell);
    at = end + 1;
    if (text[end] !== ',') return [row, at];
  }
};

const readCell = (text: string, start: number): [string | undefined, number] => {
  if (text[start] !== '"') return [undefined, start];
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  return [text.slice(start + 1, end).replaceAll('""', '"'), end + 1];
};

/** Reads up to `count` lines of the text a DDL statement printed. */
export const readText = (text: string, offset: number, count: number): Page => {
  const rows: Row[] = [];
  let at = offset;
  while (at < text.length && rows.length < count) {
    const end = text.indexOf('\n', at);
    rows.push([text.slice(at, end)]);
    at = end + 1;
  }
  return { rows, next: at < text.length ? at : undefined };
};

/** The ResultSet of GetQueryResults. */
export const resultSet = (columns: readonly ResultColumn[], rows: readonly Row[]) => ({
  Rows: rows.map((row) => ({ Data: row.map((cell) => (cell === undefined ? {} : { VarCharValue: cell })) })),
  ResultSetMetadata: { ColumnInfo: columns.map(columnInfo) },
});

const columnInfo = (column: ResultColumn) => ({
  CatalogName: 'hive',
  SchemaName: '',
  TableName: '',
  Name: column.name,
  Label: column.name,
  Type: column.type,
  Precision: column.precision,
  Scale: column.scale,
  Nullable: 'UNKNOWN',
  CaseSensitive: column.caseSensitive,
});
