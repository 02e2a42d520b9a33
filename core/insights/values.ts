import { InsightError } from './error.ts';

/** A column of an answer, its type as Athena's `ColumnInfo` has it: `bigint`, `decimal`, `timestamp`. */
export interface InsightColumn {
  readonly name: string;
  readonly type: string;
}

export type InsightValue = string | number | boolean | null;

/** A row by column. */
export type InsightRow = Readonly<Record<string, InsightValue>>;

/** A row as Athena answers it: texts in order of the columns, undefined for NULL. */
export type TextRow = readonly (string | undefined)[];

const asText = (text: string): string => text;

/** JSON readers have doubles, so a whole number they would round stays a text. */
const asWhole = (text: string): InsightValue => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

/** JSON has no NaN and no infinity: they stay texts. */
const asFraction = (text: string): InsightValue => (Number.isFinite(Number(text)) ? Number(text) : text);

const READERS: ReadonlyMap<string, (text: string) => InsightValue> = new Map([
  ['boolean', (text: string) => text === 'true'],
  ...['tinyint', 'smallint', 'int', 'integer', 'bigint'].map((type) => [type, asWhole] as const),
  ...['float', 'real', 'double'].map((type) => [type, asFraction] as const),
  ...['decimal', 'date', 'char', 'varchar', 'string'].map((type) => [type, asText] as const),
  ['timestamp', (text: string) => `${text.replace(' ', 'T')}Z`],
]);

/** `decimal(38,2)` is a decimal. */
const plainType = (type: string): string => type.replace(/\(.*\)$/, '').toLowerCase();

/** Throws InsightError for a column whose values no JSON value stands for, or that another has the name of. */
export const checkColumns = (insight: string, columns: readonly InsightColumn[]): void => {
  const seen = new Set<string>();
  for (const { name, type } of columns) {
    const place = `column "${name}"`;
    if (!READERS.has(plainType(type)))
      throw new InsightError(insight, place, `${type} cannot be published`, 'CAST it to a plain type');
    if (seen.has(name))
      throw new InsightError(
        insight,
        place,
        'there are two of this name',
        'Name one of them otherwise, by AS',
      );
    seen.add(name);
  }
};

/**
 * A row of Athena as JSON has it. Numbers are exact: a bigint past 2^53 and every decimal stays a text. Timestamps, in UTC
 * in the lake, are ISO 8601.
 * Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html
 *
 * @example
 * toInsightRow([{ name: 'units', type: 'bigint' }], ['3']) // { units: 3 }
 */
export const toInsightRow = (columns: readonly InsightColumn[], row: TextRow): InsightRow =>
  Object.fromEntries(
    columns.map(({ name, type }, index) => {
      const text = row[index];
      return [name, text === undefined ? null : (READERS.get(plainType(type)) ?? asText)(text)];
    }),
  );
