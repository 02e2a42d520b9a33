import { cronTimes, type Next } from './cron.ts';
import { instantOf, wallOf } from './zone.ts';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Every so long from an anchor on, the anchor included. A day is 24 hours. */
const rateTimes = (text: string, anchor: number): Next => {
  const [, value = '', unit = ''] = /^([1-9]\d*)\s+(minute|hour|day)s?$/.exec(text.trim()) ?? [];
  if (unit === '') throw new Error('a rate is a positive number of minutes, hours or days');
  const period = Number(value) * (UNITS[unit] ?? 0);
  return (after) => (after < anchor ? anchor : anchor + (Math.floor((after - anchor) / period) + 1) * period);
};

const onceAt = (text: string, zone: string): Next => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) throw new Error('at() takes yyyy-mm-ddThh:mm:ss');
  const time = instantOf(Date.parse(`${text}Z`), zone);
  if (time === undefined) throw new Error(`clocks in ${zone} never show ${text}`);
  return (after) => (after < time ? time : undefined);
};

/** What a schedule's times are made of; times in milliseconds since 1970. */
export interface Timing {
  readonly expression: string;
  readonly zone: string;
  /** When the schedule was made: a rate without StartDate counts from there. */
  readonly created: number;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

const unlimited = ({ expression, zone, created, start }: Timing): Next => {
  const [, kind, text = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rateTimes(text, start ?? created);
  if (kind === 'cron') return cronTimes(text, zone);
  if (kind === 'at') return onceAt(text, zone);
  throw new Error('the expression is none of rate(…), cron(…) and at(…)');
};

/**
 * When a schedule is due. Throws Error that says what is wrong with the expression.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @example
 * const next = scheduleTimes({ expression: 'rate(15 minutes)', zone: 'UTC', created: Date.now() });
 * next(Date.now()); // in at most 15 minutes
 */
export const scheduleTimes = (timing: Timing): Next => {
  wallOf(0, timing.zone);
  const next = unlimited(timing);
  const { start = -Infinity, end = Infinity } = timing;
  return (after) => {
    const time = next(Math.max(after, start - 1));
    return time !== undefined && time <= end ? time : undefined;
  };
};
