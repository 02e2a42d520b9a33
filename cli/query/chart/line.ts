import { plot } from 'simple-ascii-chart';
import { cut, padEnd, widest } from './fit.ts';
import type { Drawable, Series } from './series.ts';

const HEIGHT = 12;
const COLOURS = ['ansiCyan', 'ansiYellow', 'ansiMagenta', 'ansiGreen', 'ansiRed', 'ansiBlue'] as const;
const CODES = [36, 33, 35, 32, 31, 34];
/** What the library puts around the lines: axis, tick and arrow. */
const FRAME = 6;

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });

const pointsOf = ({ numbers }: Series): [number, number][] =>
  numbers.flatMap((number, row): [number, number][] => (number === null ? [] : [[row, number]]));

/** First label, last label, and what fits between them: nothing. */
const axisLabels = (labels: readonly string[], from: number, columns: number): string => {
  const [first, last] = [cut(labels[0] ?? '', columns), labels.at(-1) ?? ''];
  const room = columns - widest([first]) - 1;
  if (labels.length < 2 || widest([last]) > room) return ' '.repeat(from) + first;
  return ' '.repeat(from) + padEnd(first, columns - widest([last])) + last;
};

const coloured = (name: string, index: number): string => `\u001B[${CODES[index]}m━ ${name}\u001B[0m`;

const legend = (series: readonly Series[], by: string, isColoured: boolean): string => {
  const names = series.map(({ name }, index) => (isColoured ? coloured(name, index) : name));
  return names.join(isColoured ? '  ' : ', ') + (by === '' ? '' : ` by ${by}`);
};

/**
 * A line for each column of numbers, over the rows in their order. Where a value is missing the line goes on to the next.
 *
 * @example
 * lineChart(drawableOf(answer), 80, { isColoured: true })
 */
export const lineChart = (
  { by, labels, series }: Drawable,
  terminal: number,
  { isColoured }: { readonly isColoured: boolean },
): string => {
  const shown = series.slice(0, isColoured ? COLOURS.length : 1);
  const lines = shown.map(pointsOf).filter((points) => points.length > 0);
  if (lines.length === 0) return `${legend(shown, by, isColoured)}\nNothing to draw.`;
  const values = lines.flat().map(([, value]) => value);
  const numbers = widest(values.map((value) => short.format(value)));
  const width = Math.max(10, terminal - numbers - FRAME);
  const drawn = plot(lines, {
    width,
    height: HEIGHT,
    hideXAxisTicks: true,
    formatter: (value) => short.format(value),
    ...(isColoured && lines.length > 1 ? { color: COLOURS.slice(0, lines.length) } : {}),
  });
  const left = series.length - shown.length;
  return [
    legend(shown, by, isColoured && shown.length > 1) + (left > 0 ? `, without ${left} more` : ''),
    ...drawn.split('\n').filter((line) => line.trim() !== ''),
    axisLabels(labels, numbers + 2, width),
  ].join('\n');
};
