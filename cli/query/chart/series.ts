import { UserError } from '../../errors.ts';
import type { Answer } from '../athena.ts';
import { printable } from '../format.ts';

/** A column of numbers: as Athena wrote them, and as far as a drawing needs them. A missing one is null. */
export interface Series {
  readonly name: string;
  readonly texts: readonly (string | null)[];
  readonly numbers: readonly (number | null)[];
}

/** What an answer has to draw: a label for each row, and at least one column of numbers. */
export interface Drawable {
  /** What the labels are: the names of their columns. */
  readonly by: string;
  readonly labels: readonly string[];
  readonly series: readonly [Series, ...Series[]];
}

const NUMERIC = /^(tinyint|smallint|integer|int|bigint|float|real|double|decimal)/;

const toNumber = (text: string | null): number | null => {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

const oneLine = (text: string): string => printable(text.replaceAll(/\s+/g, ' '));

const columnOf = ({ rows }: Answer, position: number): (string | null)[] =>
  rows.map((row) => row[position] ?? null);

const seriesOf = (answer: Answer, position: number): Series => {
  const texts = columnOf(answer, position);
  return { name: oneLine(answer.columns[position]?.name ?? ''), texts, numbers: texts.map(toNumber) };
};

/**
 * Takes an answer apart for drawing. What is no number is the label; of numbers alone the first column is, if there are others.
 * Throws UserError for an answer without numbers.
 *
 * @example
 * drawableOf(answer).labels // ['2026-11-25 USD', …]
 */
export const drawableOf = (answer: Answer): Drawable => {
  const positions = answer.columns.map((_, position) => position);
  const numeric = positions.filter((position) => NUMERIC.test(answer.columns[position]?.type ?? ''));
  const isLabelled = numeric.length < positions.length || numeric.length === 1;
  const [first, ...rest] = (isLabelled ? numeric : numeric.slice(1)).map((position) =>
    seriesOf(answer, position),
  );
  if (!first)
    throw new UserError(
      'The answer has no column of numbers to draw.',
      'Ask for a label and a number: SELECT status, count(*) AS orders FROM orders GROUP BY status.',
    );
  const labels = isLabelled
    ? positions.filter((position) => !numeric.includes(position))
    : numeric.slice(0, 1);
  return {
    by: labels.map((position) => oneLine(answer.columns[position]?.name ?? '')).join(', '),
    labels: answer.rows.map((row) => labels.map((position) => oneLine(row[position] ?? 'null')).join(' ')),
    series: [first, ...rest],
  };
};
