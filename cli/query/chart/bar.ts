import { counted } from '../../terminal.ts';
import { cut, padEnd, widest } from './fit.ts';
import type { Drawable } from './series.ts';

/** More bars than this say less than a table. */
const MOST_BARS = 200;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar to the right, to an eighth of a column. What is there can be seen. */
const rightBar = (length: number): string => {
  const eighths = Math.max(1, Math.round(length * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
};

/** A bar to the left, to half a column: there are no characters for less. */
const leftBar = (length: number, columns: number): string => {
  const halves = Math.max(1, Math.round(length * 2));
  return ((halves % 2 === 1 ? '▐' : '') + '█'.repeat(Math.floor(halves / 2))).padStart(columns);
};

interface Scale {
  /** Columns left and right of zero. */
  readonly left: number;
  readonly right: number;
  /** Columns for one. */
  readonly unit: number;
}

/** Divides the columns between what is below zero and what is above. */
const scaleOf = (numbers: readonly number[], columns: number): Scale => {
  const [least, most] = numbers.reduce(
    ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
    [0, 0],
  ) as [number, number];
  if (least === 0 && most === 0) return { left: 0, right: columns, unit: 0 };
  // Halved, as the difference of the largest doubles is none.
  const share = -least / 2 / (most / 2 - least / 2);
  const left =
    least === 0 ? 0 : most === 0 ? columns : Math.min(columns - 1, Math.max(1, Math.round(share * columns)));
  const units = [...(least < 0 ? [left / -least] : []), ...(most > 0 ? [(columns - left) / most] : [])];
  return { left, right: columns - left, unit: Math.min(...units) };
};

const barOf = (number: number | null, { left, right, unit }: Scale): string => {
  const below = number !== null && number < 0 ? leftBar(-number * unit, left) : ' '.repeat(left);
  const above = number !== null && number > 0 ? rightBar(number * unit) : '';
  return `${below}│${padEnd(above, right)}`;
};

/**
 * A line for each row: label, bar, value. Negative bars go to the left of zero.
 *
 * @example
 * barChart(drawableOf(answer), 80)
 */
export const barChart = ({ by, labels, series: [shown] }: Drawable, terminal: number): string => {
  const rows = labels.slice(0, MOST_BARS).map((label, row) => ({
    label: cut(label, Math.max(3, Math.floor(terminal * 0.4))),
    number: shown.numbers[row] ?? null,
    text: shown.texts[row] ?? 'null',
  }));
  const labelColumns = widest(rows.map(({ label }) => label));
  const rest = terminal - labelColumns - widest(rows.map(({ text }) => text)) - 3;
  const scale = scaleOf(
    rows.flatMap(({ number }) => number ?? []),
    Math.max(4, rest),
  );
  return [
    cut(by === '' ? shown.name : `${shown.name} by ${by}`, terminal),
    ...rows.map(
      ({ label, number, text }) => `${padEnd(label, labelColumns)} ${barOf(number, scale)} ${text}`,
    ),
    ...(labels.length > MOST_BARS ? [`… and ${counted(labels.length - MOST_BARS, 'row')} more`] : []),
  ].join('\n');
};
