/** The kinds of charts. */
export const CHARTS = ['bar', 'line'] as const;

export type Chart = (typeof CHARTS)[number];
