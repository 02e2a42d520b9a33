/** The calendar fields of an instant in one time zone. */
interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly milli: number;
}

type Print = (moment: Moment) => string;

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;
const TEXT_STYLES = ['short', 'short', 'short', 'long', 'narrow'] as const;

const number =
  (width: number, value: (moment: Moment) => number): Print =>
  (moment) =>
    String(value(moment)).padStart(width, '0');

const utc = ({ year, month, day }: Moment): number => Date.UTC(year, month - 1, day);

const dayOfYear = (moment: Moment): number => (utc(moment) - Date.UTC(moment.year, 0, 0)) / 86_400_000;

const named = (width: number, option: 'month' | 'weekday'): Print => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', [option]: TEXT_STYLES[width - 1] });
  return (moment) => format.format(utc(moment));
};

const year = (width: number): Print =>
  width === 2 ? number(2, (moment) => moment.year % 100) : number(width, (moment) => moment.year);

const fraction =
  (width: number): Print =>
  (moment) =>
    String(moment.milli).padStart(3, '0').padEnd(width, '0').slice(0, width);

const LETTERS: Readonly<Record<string, (width: number) => Print>> = {
  y: year,
  u: year,
  M: (width) => (width > 2 ? named(width, 'month') : number(width, ({ month }) => month)),
  L: (width) => (width > 2 ? named(width, 'month') : number(width, ({ month }) => month)),
  d: (width) => number(width, ({ day }) => day),
  D: (width) => number(width, dayOfYear),
  E: (width) => named(width, 'weekday'),
  a: () => (moment) => (moment.hour < 12 ? 'AM' : 'PM'),
  H: (width) => number(width, ({ hour }) => hour),
  k: (width) => number(width, ({ hour }) => hour || 24),
  K: (width) => number(width, ({ hour }) => hour % 12),
  h: (width) => number(width, ({ hour }) => hour % 12 || 12),
  m: (width) => number(width, ({ minute }) => minute),
  s: (width) => number(width, ({ second }) => second),
  S: fraction,
};

const printer = (pattern: string): Print[] =>
  Array.from(pattern.matchAll(TOKEN), ([token, quoted, letter]): Print => {
    if (quoted !== undefined) return () => (quoted === '' ? "'" : quoted.replaceAll("''", "'"));
    if (letter === undefined) return () => token;
    const print = LETTERS[letter];
    if (print) return print(token.length);
    throw new Error(
      `The pattern "${pattern}" has the letter "${letter}", which the local cloud does not format: use ${Object.keys(LETTERS).join(' ')} and 'quoted text'.`,
    );
  });

const fieldsIn = (timeZone: string): ((instant: number) => Moment) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    return { ...(parts as unknown as Moment), milli: ((instant % 1000) + 1000) % 1000 };
  };
};

/**
 * Compiles a pattern of Java's `DateTimeFormatter`: milliseconds since 1970 to text in a time zone.
 *
 * @throws Error for a letter it does not know, or a time zone that does not exist
 * @example
 * javaDateFormat("'day='yyyy-MM-dd", 'UTC')(0); // "day=1970-01-01"
 */
export const javaDateFormat = (pattern: string, timeZone: string): ((instant: number) => string) => {
  const prints = printer(pattern);
  const fields = fieldsIn(timeZone);
  return (instant) => {
    const moment = fields(instant);
    return prints.map((print) => print(moment)).join('');
  };
};
