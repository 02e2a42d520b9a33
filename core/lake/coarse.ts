import type { LakePolicy } from '../schema/personal.ts';

/** What of `"2026-11-22 13:00:00.000"` is kept, and what follows it. */
const CUTS: Partial<Record<LakePolicy, { readonly kept: number; readonly day: string }>> = {
  year: { kept: '"2026'.length, day: '-01-01' },
  month: { kept: '"2026-11'.length, day: '-01' },
};

const TIME = ' 00:00:00.000';

/**
 * The JSON of a date or timestamp as the first instant of its year or month; any other policy leaves it as it is.
 *
 * @example
 * coarse('year', '"1984-05-17"') // "1984-01-01"
 */
export const coarse = (lake: LakePolicy, json: string): string => {
  const cut = CUTS[lake];
  if (!cut) return json;
  return `${json.slice(0, cut.kept)}${cut.day}${json.includes(' ') ? TIME : ''}"`;
};
