import { martRows, questionAt } from '../../core/marts/statements.ts';
import { literal } from '../../core/lake/sql.ts';
import { martsOf, type SavedQuery } from '../../core/queries/parse.ts';
import type { Schema } from '../../core/schema/load.ts';
import { UserError } from '../errors.ts';

/** How an export is written, and what its files are called after. */
export const FORMATS = { parquet: '.parquet', json: '.json.gz', csv: '.csv' } as const;

export type Format = keyof typeof FORMATS;

/** A mart by its name. Throws UserError that names those there are. */
export const findMart = (queries: readonly SavedQuery[], name: string): SavedQuery => {
  const marts = martsOf(queries);
  const mart = marts.find((candidate) => candidate.name === name);
  if (mart) return mart;
  throw new UserError(
    `There is no mart "${name}".`,
    `Known are ${marts.map((known) => known.name).join(', ') || 'none: queries/ has no mart'}.`,
  );
};

/** An instant that has come, ISO 8601. Throws UserError for what is none, or is still to come. */
export const toInstant = (text: string, now: Date): string => {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw new UserError(`"${text}" is no instant.`, 'Write it as 2026-11-01 or 2026-11-01T12:00:00Z.');
  if (instant > now)
    throw new UserError(
      `${instant.toISOString()} is still to come.`,
      'Its answer could change: name one that is over.',
    );
  return instant.toISOString();
};

/** The question for the rows to export: those readers see, or, given an instant, those of then. */
export const exportQuestion = (
  mart: SavedQuery,
  schemas: readonly Schema[],
  { database, asOf }: { database: string; asOf: string | undefined },
): string => (asOf === undefined ? martRows(mart, database) : questionAt(mart, schemas, { database, asOf }));

/**
 * The statement that writes a question's answer to a place where nothing is.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/unload.html
 */
export const unload = (question: string, location: string, format: 'parquet' | 'json'): string => {
  const compression = format === 'parquet' ? ", compression = 'ZSTD'" : '';
  return `UNLOAD (\n${question}\n) TO ${literal(location)} WITH (format = '${format.toUpperCase()}'${compression})`;
};
