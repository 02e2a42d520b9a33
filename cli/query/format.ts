import Table from 'cli-table3';
import type { Answer } from './athena.ts';

/** What is shown of an answer. */
type Shown = Pick<Answer, 'columns' | 'rows'>;

const EXACT_NUMBERS = new Set(['tinyint', 'smallint', 'integer', 'bigint']);
const FLOATS = new Set(['float', 'real', 'double']);

const typed = (text: string | null, type: string): unknown => {
  if (text === null) return null;
  if (type === 'boolean') return text === 'true';
  const value = Number(text);
  if (EXACT_NUMBERS.has(type) && Number.isSafeInteger(value)) return value;
  if (FLOATS.has(type) && Number.isFinite(value)) return value;
  return text;
};

const csvCell = (text: string | null): string => {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Characters that would move the cursor or colour the terminal. */
// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** A text that leaves the terminal as it is. */
export const printable = (text: string): string => text.replaceAll(CONTROL, '\uFFFD');

const asTable = ({ columns, rows }: Shown): string => {
  const table = new Table({ head: columns.map(({ name }) => name), style: { head: [], border: [] } });
  for (const row of rows) table.push(row.map((text) => printable(text ?? '')));
  return table.toString();
};

const asJson = ({ columns, rows }: Shown): string => {
  const records = rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }, position) => [name, typed(row[position] ?? null, type)])),
  );
  return JSON.stringify(records, null, 2);
};

const asCsv = ({ columns, rows }: Shown): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => row.map(csvCell).join(',')).join('\n');

/** How an answer can be shown: for people, for programs, for spreadsheets. */
export const formats: Readonly<Record<string, (answer: Shown) => string>> = {
  table: asTable,
  json: asJson,
  csv: asCsv,
};
