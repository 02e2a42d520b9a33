import type { Answer } from '../athena.ts';
import { barChart } from './bar.ts';
import { lineChart } from './line.ts';
import type { Chart } from './kinds.ts';
import { drawableOf } from './series.ts';

/**
 * Draws an answer for a terminal of so many columns. Throws UserError for an answer without numbers.
 *
 * @example
 * chart('bar', answer, { terminal: 80, isColoured: false })
 */
export const chart = (
  kind: Chart,
  answer: Answer,
  { terminal, isColoured }: { readonly terminal: number; readonly isColoured: boolean },
): string => {
  const drawable = drawableOf(answer);
  if (answer.rows.length === 0) return 'There are no rows to draw.';
  return kind === 'bar' ? barChart(drawable, terminal) : lineChart(drawable, terminal, { isColoured });
};
