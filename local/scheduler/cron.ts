import { Cron } from 'croner';
import { instantOf, wallOf } from './zone.ts';

const MONTHS = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const DAYS = 'SUN|MON|TUE|WED|THU|FRI|SAT';

interface Field {
  readonly name: string;
  readonly value: string;
  readonly max: number;
  /** Forms a list item may have beside numbers, ranges and steps. */
  readonly special?: RegExp;
}

/** The fields in their order: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const FIELDS: readonly Field[] = [
  { name: 'minutes', value: String.raw`\d{1,2}`, max: 59 },
  { name: 'hours', value: String.raw`\d{1,2}`, max: 23 },
  { name: 'day-of-month', value: String.raw`\d{1,2}`, max: 31, special: /^(L|\d{1,2}W)$/ },
  { name: 'month', value: String.raw`(?:\d{1,2}|${MONTHS})`, max: 12 },
  {
    name: 'day-of-week',
    value: `(?:[1-7]|${DAYS})`,
    max: 7,
    special: new RegExp(`^(?:[1-7]|${DAYS})(?:L|#[1-5])$`),
  },
  { name: 'year', value: String.raw`(?:19[7-9]\d|2[01]\d\d)`, max: 2199 },
];

/** A step from a value on goes to the end of the field, which the library wants to be said. */
const openStep = (item: string, max: number): string => item.replace(/^(\w+)\/(\d+)$/, `$1-${max}/$2`);

const itemOf = (item: string, { name, value, max, special }: Field): string => {
  if (special?.test(item)) return item;
  if (new RegExp(String.raw`^(?:\*|${value}(?:-${value})?)(?:/[1-9]\d*)?$`).test(item))
    return openStep(item, max);
  throw new Error(`"${item}" is no ${name} of a cron expression the local cloud knows`);
};

const fieldOf = (text: string, field: Field): string => {
  if (text === '?' && field.name.startsWith('day-of-')) return '*';
  return text
    .toUpperCase()
    .split(',')
    .map((item) => itemOf(item, field))
    .join(',');
};

const patternOf = (expression: string): string => {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== FIELDS.length)
    throw new Error('a cron expression has six fields: minutes hours day-of-month month day-of-week year');
  if ((texts[2] === '?') === (texts[4] === '?'))
    throw new Error('one of day-of-month and day-of-week is "?", and the other is not');
  return ['0', ...FIELDS.map((field, index) => fieldOf(texts[index] ?? '', field))].join(' ');
};

/** Gives the first instant after another, or undefined when there is none. */
export type Next = (after: number) => number | undefined;

/**
 * When a cron expression of EventBridge Scheduler is due in a time zone. A time that clocks skip is skipped; one they
 * show twice is taken once. Throws Error that names the field it does not know.
 *
 * @example
 * const next = cronTimes('0 2 ? * MON-FRI *', 'Europe/Berlin');
 */
export const cronTimes = (expression: string, zone: string): Next => {
  const cron = new Cron(patternOf(expression), { paused: true, timezone: 'UTC', alternativeWeekdays: true });
  return (after) => {
    let wall = cron.nextRun(new Date(wallOf(after, zone)))?.getTime();
    while (wall !== undefined) {
      const instant = instantOf(wall, zone);
      if (instant !== undefined && instant > after) return instant;
      wall = cron.nextRun(new Date(wall))?.getTime();
    }
    return undefined;
  };
};
